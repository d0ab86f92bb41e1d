package cloud.yun.blockstorage.driver;

import java.util.List;
import java.util.Optional;

/// Where backups are kept. All calls block and can be repeated. A repository knows no project or database of ours.
public interface BackupRepository {
    /// Where a backup's objects are.
    ///
    /// @param container a directory below the repository
    /// @param prefix of the names of all its objects: Cinder's `service_metadata`
    record Key(String container, String prefix) {}

    /// What the backup says of itself.
    ///
    /// @param createdAt as Cinder writes it
    /// @param parent of an incremental backup: only what differs from it is kept
    /// @param volumeMeta the volume's name, description and metadata as JSON, for the restored one
    record Header(
            String backupId,
            String volumeId,
            Optional<String> name,
            Optional<String> description,
            String createdAt,
            Optional<String> parentId,
            Optional<Key> parent,
            String volumeMeta) {}

    /// Keeps what the volume holds; what an unfinished attempt left goes first.
    ///
    /// @return number of objects
    /// @throws cloud.yun.kernel.error.CloudException.Invalid the parent was made with other block sizes
    int write(Key key, Header header, Content volume);

    /// Writes a backup into a volume.
    ///
    /// @param chain the full backup, then the incremental ones up to the wanted one
    /// @param blank whether the volume reads as zeros so far
    /// @throws cloud.yun.kernel.error.CloudException.Unavailable an object is missing or damaged
    void restore(List<Key> chain, Content volume, boolean blank);

    /// Whether the objects of the backup are there.
    ///
    /// @return the volume's metadata that it keeps; empty when it keeps none
    /// @throws cloud.yun.kernel.error.CloudException.Unavailable an object is missing
    String verify(Key key);

    /// Succeeds when already gone.
    void delete(Key key);

    /// @return Cinder's name of the driver, for exported records
    String service();
}
