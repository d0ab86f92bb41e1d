/// Generic volume groups: volumes that are kept, snapshotted and deleted together, and the types of such groups.
///
/// Start reading at `GroupService` and `GroupSnapshotService`. A group does no work of its own: its volumes and
/// snapshots do, each in its flow, and `GroupProgress` gives the group the status that follows from theirs. Owns the
/// tables `group_type`, `group_type_spec`, `volume_group`, `volume_group_type` and `group_snapshot`.
package cloud.yun.blockstorage.group;
