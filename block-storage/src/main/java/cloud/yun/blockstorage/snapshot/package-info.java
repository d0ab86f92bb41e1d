/// Snapshots: what a volume held at one moment.
///
/// Start reading at `SnapshotService`. States: `SnapshotStatus`. Long work: `CreateSnapshot`, `DeleteSnapshot`. A
/// snapshot depends on its volume, which cannot be deleted before it. Owns the tables `snapshot` and
/// `snapshot_metadata`.
package cloud.yun.blockstorage.snapshot;
