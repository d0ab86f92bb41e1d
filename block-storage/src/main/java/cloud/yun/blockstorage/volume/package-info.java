/// Volumes: disks that outlive the servers they are attached to.
///
/// Start reading at `VolumeService`. States and their moves: `VolumeStatus`. Long work, a class each:
/// `CreateVolume`, `DeleteVolume`, `ExtendVolume`, `UploadVolume`. Compatible with the Block Storage API v3,
/// https://docs.openstack.org/api-ref/block-storage/v3/ Owns the tables `volume` and `volume_metadata`; nobody
/// else writes them.
package cloud.yun.blockstorage.volume;
