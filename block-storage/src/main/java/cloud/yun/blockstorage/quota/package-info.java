/// Limits of projects: volumes, snapshots and gigabytes, over all and by volume type.
///
/// Start reading at `VolumeQuota`. Use is counted in the transaction that makes or removes a row.
package cloud.yun.blockstorage.quota;
