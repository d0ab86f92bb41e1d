package cloud.yun.compute.server;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;

/// Tells what happens to servers, in Nova's event names: `compute.instance.create.start`, `.end`, `.error` ...
public final class Notifications {
    private final Events events;

    public Notifications(Events events) {
        this.events = events;
    }

    /// @param what for example `create.start`
    public void tell(Tx tx, Server server, String what, String requestId) {
        tell(tx, server, what, requestId, "");
    }

    /// @param message why, for `.error`; else empty
    public void tell(Tx tx, Server server, String what, String requestId, String message) {
        var payload = Json.object()
                .put("instance_id", server.id())
                .put("tenant_id", server.projectId())
                .put("user_id", server.userId())
                .put("display_name", server.name())
                .put("hostname", server.hostname())
                .put("host", server.host().orElse(null))
                .put("node", server.host().orElse(null))
                .put("availability_zone", server.zone().orElse(null))
                .put("instance_flavor_id", server.flavor().id())
                .put("instance_type", server.flavor().name())
                .put("vcpus", server.flavor().vcpus())
                .put("memory_mb", server.flavor().ramMib())
                .put("disk_gb", server.flavor().diskGib() + server.flavor().ephemeralGib())
                .put("root_gb", server.flavor().diskGib())
                .put("ephemeral_gb", server.flavor().ephemeralGib())
                .put("state", server.vmState().wire())
                .put("state_description", server.taskState().wire())
                .put("reservation_id", server.reservationId())
                .put("created_at", Times.seconds(server.createdAt()))
                .put("launched_at", server.launchedAt().map(Times::seconds).orElse(""))
                .put("message", message);
        events.emit(tx, "compute.instance." + what, server.projectId(), server.id(), requestId, payload);
    }
}
