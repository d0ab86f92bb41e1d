/// Backups: what a volume or snapshot held, kept apart from the back end; full, or only what has changed.
///
/// Start reading at `BackupService`. States and their moves: `BackupStatus`. Long work: `CreateBackup`,
/// `RestoreBackup`,
/// `ImportBackup`, `DeleteBackup`. A new volume of a backup is made by `cloud.yun.blockstorage.volume.BuildVolume`.
/// Owns the tables `backup` and `backup_metadata`. Needs: `BackupRepository`, on the storage host.
package cloud.yun.blockstorage.backup;
