package cloud.yun.image;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The image room's front door, for compute and block storage.
public interface Images {
    /// @param sizeBytes length of the data; 0 while there is none
    /// @param minDiskGib smallest root disk that it boots on
    /// @param properties custom properties, for example `hw_disk_bus`
    record Image(
            String id,
            String name,
            String status,
            String ownerProjectId,
            String visibility,
            long sizeBytes,
            Optional<Long> virtualSizeBytes,
            Optional<String> checksumMd5,
            String diskFormat,
            String containerFormat,
            int minDiskGib,
            int minRamMib,
            Map<String, String> properties) {}

    /// What a new image is before it has data.
    record Draft(
            String id,
            String name,
            String visibility,
            String diskFormat,
            String containerFormat,
            int minDiskGib,
            int minRamMib,
            Map<String, String> properties) {}

    /// @return the image if the caller may see it, in any status
    Optional<Image> find(Tx tx, Caller caller, String id);

    /// @return the file of an active image's data, on this host
    /// @throws cloud.yun.kernel.error.CloudException.NotFound the image has no data here
    Path data(String id);

    /// A new image in status `queued`, owned by the caller's project.
    void create(Tx tx, Caller caller, Draft draft);

    /// Stores the data and makes the image active. Whole or not at all; called again it replaces an unfinished
    /// attempt.
    void upload(String id, InputStream data);

    /// As the other one, for data whose format shows only when it is made: what the draft said is corrected first.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.NotFound the image was deleted before
    void upload(String id, String diskFormat, InputStream data);

    /// @return the images of the caller's project that have all these properties, newest first
    List<String> withProperties(Tx tx, Caller caller, Map<String, String> properties);

    /// Succeeds when already gone. Removes data and row.
    void delete(String id);
}
