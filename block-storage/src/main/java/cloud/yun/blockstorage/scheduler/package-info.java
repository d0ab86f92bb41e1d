/// Which pool a new volume goes to: filters, then weighers, with a reason for every pool.
package cloud.yun.blockstorage.scheduler;
