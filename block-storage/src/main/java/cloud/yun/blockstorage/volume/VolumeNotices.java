package cloud.yun.blockstorage.volume;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Cinder's notifications about volumes: `volume.create.start` and so on, written with the change they tell of.
public final class VolumeNotices {
    private final Events events;

    public VolumeNotices(Events events) {
        this.events = events;
    }

    /// @param type for example `create.start`
    public void emit(Tx tx, String type, Volume v) {
        emit(tx, type, v, Optional.empty());
    }

    /// @param error for the user, where something failed
    public void emit(Tx tx, String type, Volume v, Optional<String> error) {
        events.emit(tx, "volume." + type, v.projectId(), v.id(), "", payload(v, error));
    }

    /// What the scheduler decided, with every pool's reason.
    public void decided(Tx tx, Volume v, ObjectNode decision) {
        events.emit(tx, "scheduler.create_volume", v.projectId(), v.id(), "", decision.put("volume_id", v.id()));
    }

    private static ObjectNode payload(Volume v, Optional<String> error) {
        var payload = Json.object()
                .put("volume_id", v.id())
                .put("tenant_id", v.projectId())
                .put("user_id", v.userId())
                .put("display_name", v.name().orElse(null))
                .put("size", v.sizeGib())
                .put("status", v.status().wire())
                .put("volume_type", v.typeId())
                .put("availability_zone", v.zone())
                .put("host", v.host().orElse(null))
                .put("snapshot_id", v.snapshotId().orElse(null))
                .put("created_at", Times.microsWithoutZone(v.createdAt()))
                .put("launched_at", v.launchedAt().map(Times::microsWithoutZone).orElse(""));
        error.ifPresent(e -> payload.put("error", e));
        return payload;
    }
}
