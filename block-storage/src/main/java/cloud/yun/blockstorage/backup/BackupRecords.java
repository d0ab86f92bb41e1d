package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A backup's row as text, for the day on which the database is gone: Cinder's `backup_url`, base64 of JSON.
final class BackupRecords {
    /// What an imported backup says of its volume: it is not known here.
    private static final String NO_VOLUME = "00000000-0000-0000-0000-000000000000";

    private BackupRecords() {}

    static String encode(Backup b, String service) {
        var record = Json.object()
                .put("id", b.id())
                .put("user_id", b.userId())
                .put("project_id", b.projectId())
                .put("volume_id", b.volumeId())
                .put("snapshot_id", b.snapshotId().orElse(null))
                .put("parent_id", b.parentId().orElse(null))
                .put("host", b.pool())
                .put("availability_zone", b.zone())
                .put("container", b.key().container())
                .put("service_metadata", b.key().prefix())
                .put("service", service)
                .put("status", b.status().wire())
                .put("fail_reason", b.failReason().orElse(null))
                .put("size", b.sizeGib())
                .put("object_count", b.objectCount())
                .put("display_name", b.name().orElse(null))
                .put("display_description", b.description().orElse(null))
                .put("restore_volume_id", b.restoreVolumeId().orElse(null))
                .putNull("temp_volume_id")
                .putNull("temp_snapshot_id")
                .putNull("encryption_key_id")
                .put("num_dependent_backups", 0)
                .put("data_timestamp", Times.seconds(b.dataTimestamp()))
                .put("created_at", Times.seconds(b.createdAt()))
                .put("updated_at", b.updatedAt().map(Times::seconds).orElse(null));
        record.putObject("driver_info");
        return Base64.getEncoder().encodeToString(Json.bytes(record));
    }

    /// @param pool of the storage host that will read it
    /// @throws Invalid it is no record, or lacks what every backup has
    static Backup decode(String url, Caller caller, String pool, String zone, Instant now) {
        var record = parse(url);
        var id = Bodies.uuid(record, "id");
        if (id.isEmpty()) throw new Invalid("Invalid input received: Provided backup record is missing an id");
        int size = record.path("size").asInt(0);
        if (size < 1) throw new Invalid("Invalid input received: Provided backup record is missing size attribute");
        var key = new Key(
                Bodies.text(record, "container").orElse(""),
                Bodies.text(record, "service_metadata").orElse(""));
        if (key.container().isEmpty() || key.prefix().isEmpty())
            throw new Invalid(
                    "Invalid input received: Provided backup record is missing container or service_metadata");
        return new Backup(
                id.get(),
                caller.projectId(),
                caller.userId(),
                Bodies.text(record, "volume_id").orElse(NO_VOLUME),
                Bodies.text(record, "snapshot_id"),
                Bodies.text(record, "parent_id"),
                Bodies.text(record, "display_name"),
                Bodies.text(record, "display_description"),
                size,
                BackupStatus.CREATING,
                Optional.empty(),
                pool,
                zone,
                key,
                record.path("object_count").asInt(0),
                Optional.empty(),
                Optional.empty(),
                time(record, "data_timestamp", now),
                now,
                Optional.empty(),
                Map.of());
    }

    private static JsonNode parse(String url) {
        try {
            var record = Json.parse(Base64.getMimeDecoder().decode(url.getBytes(StandardCharsets.US_ASCII)));
            if (record.isObject()) return record;
        } catch (IllegalArgumentException e) {
            // told below: it is not base64
        }
        throw new Invalid("Invalid input received: Can't parse backup record.");
    }

    private static Instant time(JsonNode record, String key, Instant standard) {
        var text = Bodies.text(record, key);
        if (text.isEmpty()) return standard;
        try {
            return Instant.parse(text.get().endsWith("Z") ? text.get() : text.get() + "Z");
        } catch (DateTimeException e) {
            throw new Invalid("Invalid input received: " + key + " " + text.get() + " is not a time");
        }
    }
}
