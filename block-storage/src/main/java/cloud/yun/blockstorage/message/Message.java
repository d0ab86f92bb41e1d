package cloud.yun.blockstorage.message;

import java.time.Instant;
import java.util.Optional;

/// What a project is told.
///
/// @param resourceType `VOLUME`, `VOLUME_SNAPSHOT`, `VOLUME_BACKUP`
/// @param eventId `VOLUME_VOLUME_001_003`: resource, action, detail, by Cinder's numbers
/// @param expiresAt from then on it may be gone
public record Message(
        String id,
        String projectId,
        String requestId,
        String resourceType,
        String resourceId,
        String eventId,
        String userMessage,
        String level,
        Instant createdAt,
        Instant expiresAt) {

    /// What somebody worked on.
    public enum Resource {
        VOLUME,
        VOLUME_SNAPSHOT,
        VOLUME_BACKUP
    }

    /// What was to be done, with Cinder's number.
    public enum Action {
        SCHEDULE_ALLOCATE_VOLUME("001", "schedule allocate volume"),
        COPY_VOLUME_TO_IMAGE("003", "copy volume to image"),
        COPY_IMAGE_TO_VOLUME("005", "copy image to volume"),
        EXTEND_VOLUME("007", "extend volume"),
        CREATE_VOLUME_FROM_BACKEND("008", "create volume from backend storage"),
        SNAPSHOT_CREATE("009", "create snapshot"),
        SNAPSHOT_DELETE("010", "delete snapshot"),
        BACKUP_CREATE("013", "create backup"),
        BACKUP_DELETE("014", "delete backup"),
        BACKUP_RESTORE("015", "restore backup"),
        REIMAGE_VOLUME("016", "reimage volume");

        final String number;
        final String text;

        Action(String number, String text) {
            this.number = number;
            this.text = text;
        }
    }

    /// What went wrong, with Cinder's number.
    public enum Detail {
        UNKNOWN_ERROR("001", "An unknown error occurred."),
        NO_BACKEND_AVAILABLE("003", "Could not find any available weighted backend."),
        FAILED_TO_UPLOAD_VOLUME("004", "Failed to upload volume to image at backend."),
        DRIVER_FAILED_EXTEND("010", "Volume Driver failed to extend volume."),
        DRIVER_FAILED_CREATE("012", "Driver failed to create the volume."),
        SNAPSHOT_CREATE_ERROR("013", "Snapshot failed to create."),
        SNAPSHOT_DELETE_ERROR("016", "Snapshot failed to delete."),
        BACKUP_CREATE_DRIVER_ERROR("020", "Backup driver failed to create backup."),
        BACKUP_DELETE_DRIVER_ERROR("025", "Backup driver failed to delete backup."),
        BACKUP_RESTORE_ERROR("026", "Backup driver failed to restore backup."),
        REIMAGE_VOLUME_FAILED("028", "Compute service failed to reimage volume.");

        final String number;
        final String text;

        Detail(String number, String text) {
            this.number = number;
            this.text = text;
        }
    }

    /// What a failure is about.
    ///
    /// @param requestId empty when nobody knows it any more
    public record About(Resource resource, String resourceId, String projectId, Optional<String> requestId) {}
}
