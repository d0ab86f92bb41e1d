package cloud.yun.network.api;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.quota.Quotas;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// What every resource of the room is made with.
public record Common(
        Database db,
        Clock clock,
        Supplier<UUID> ids,
        Config config,
        Events events,
        Quotas quotas,
        Guard guard,
        Dirty dirty) {
    public String id() {
        return ids.get().toString();
    }

    /// Whole microseconds, as the database keeps them.
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    public void take(Tx tx, String projectId, String resource, long amount) {
        quotas.take(tx, projectId, Map.of(resource, amount));
    }

    public void give(Tx tx, String projectId, String resource, long amount) {
        quotas.give(tx, projectId, Map.of(resource, amount));
    }

    /// Neutron's notification: `port.create.end` with the object as its payload.
    public void emit(Tx tx, Caller caller, Shape shape, String what, String projectId, String id, ObjectNode object) {
        var payload = Json.object();
        payload.set(shape.name(), object);
        events.emit(tx, shape.name() + "." + what + ".end", projectId, id, caller.requestId(), payload);
    }

    /// `port.delete.end`, which names the object only.
    public void emitDelete(Tx tx, Caller caller, Shape shape, String projectId, String id) {
        events.emit(
                tx,
                shape.name() + ".delete.end",
                projectId,
                id,
                caller.requestId(),
                Json.object().put(shape.name() + "_id", id));
    }
}
