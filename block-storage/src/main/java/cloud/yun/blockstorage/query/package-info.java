/// What Cinder's lists and links have in common.
package cloud.yun.blockstorage.query;
