package cloud.yun.blockstorage.service;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// `os-services`, `scheduler-stats/get_pools`, `os-availability-zone`, `capabilities`.
public final class ServiceRoutes {
    private static final String UPDATE = "volume_extension:services:update";

    private final Database db;
    private final Clock clock;
    private final Duration downTime;
    private final Supplier<Map<String, Long>> allocatedGib;
    private final Suits suits;

    /// Whether what a back end reports can meet a volume type.
    public interface Suits {
        /// @param type an id or a name
        /// @return of capabilities
        /// @throws NotFound there is no such type
        Predicate<ObjectNode> type(Caller caller, String type);
    }

    /// @param allocatedGib by pool name, what our rows hold
    public ServiceRoutes(
            Database db, Clock clock, Duration downTime, Supplier<Map<String, Long>> allocatedGib, Suits suits) {
        this.db = db;
        this.clock = clock;
        this.downTime = downTime;
        this.allocatedGib = allocatedGib;
        this.suits = suits;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/os-services", this::list).policy("volume_extension:services:index"),
                Route.put("/v3/os-services/enable", r -> disable(r, false, false))
                        .policy(UPDATE)
                        .schema("schema/block-storage/service-update.json"),
                Route.put("/v3/os-services/disable", r -> disable(r, true, false))
                        .policy(UPDATE)
                        .schema("schema/block-storage/service-update.json"),
                Route.put("/v3/os-services/disable-log-reason", r -> disable(r, true, true))
                        .policy(UPDATE)
                        .schema("schema/block-storage/service-update.json"),
                Route.get("/v3/scheduler-stats/get_pools", this::pools)
                        .policy("scheduler_extension:scheduler_stats:get_pools"),
                Route.get("/v3/capabilities/{host}", this::capabilities).policy("volume_extension:capabilities"),
                Route.get("/v3/os-availability-zone", this::zones));
    }

    private List<StorageService> services() {
        return db.read(tx -> new ServiceStore(tx).all());
    }

    private Reply list(Request r) {
        var body = Json.object();
        var list = body.putArray("services");
        var now = clock.instant();
        for (var s : services()) {
            if (r.query("binary").filter(b -> !b.equals(s.binary())).isPresent()) continue;
            if (r.query("host")
                    .filter(h -> !s.host().equals(h) && !s.host().startsWith(h + "@"))
                    .isPresent()) continue;
            var shown = list.addObject()
                    .put("binary", s.binary())
                    .put("host", s.host())
                    .put("zone", s.zone())
                    .put("status", s.disabled() ? "disabled" : "enabled")
                    .put("state", s.up(now, downTime) ? "up" : "down")
                    .put("updated_at", Times.microsWithoutZone(s.updatedAt()));
            boolean volume = s.binary().equals(StorageService.VOLUME);
            if (volume && r.microversion().atLeast("3.49")) shown.put("backend_state", "up");
            if (r.microversion().atLeast("3.7")) shown.putNull("cluster");
            shown.put("disabled_reason", s.disabledReason().orElse(null));
            if (volume)
                shown.put("replication_status", "disabled")
                        .putNull("active_backend_id")
                        .put("frozen", s.frozen());
        }
        return Reply.ok(body);
    }

    private Reply disable(Request r, boolean disabled, boolean withReason) {
        var host = Bodies.text(r.body(), "host").orElse("");
        if (host.isEmpty()) throw new Invalid("Missing required element 'host' in request body.");
        var binary = Bodies.text(r.body(), "binary").or(() -> Bodies.text(r.body(), "service"));
        if (binary.isEmpty()) throw new Invalid("Missing required element 'binary' in request body.");
        var reason = Bodies.text(r.body(), "disabled_reason").filter(_ -> withReason);
        if (withReason && reason.isEmpty())
            throw new Invalid("Missing required element 'disabled_reason' in request body.");
        db.write(tx -> {
            if (!new ServiceStore(tx).disable(binary.get(), host, disabled, reason))
                throw new NotFound("Service " + binary.get() + " could not be found on host " + host + ".");
        });
        var body = Json.object()
                .put("disabled", disabled)
                .put("host", host)
                .put("service", Bodies.text(r.body(), "service").orElse(""))
                .put("binary", Bodies.text(r.body(), "binary").orElse(""))
                .put("status", disabled ? "disabled" : "enabled");
        reason.ifPresent(text -> body.put("disabled_reason", text));
        return Reply.ok(body);
    }

    private Reply pools(Request r) {
        var body = Json.object();
        var list = body.putArray("pools");
        var allocated = allocatedGib.get();
        boolean detail = ListQuery.flag(r, "detail");
        var wanted = poolFilter(r);
        for (var s : services()) {
            if (!s.binary().equals(StorageService.VOLUME) || s.capabilities().isEmpty()) continue;
            var capabilities = s.capabilities().deepCopy();
            long held = allocated.getOrDefault(s.pool(), 0L);
            capabilities
                    .put("allocated_capacity_gb", held)
                    .put("provisioned_capacity_gb", held)
                    .put("pool_name", s.pool().substring(s.pool().indexOf('#') + 1));
            if (!wanted.test(s.pool(), capabilities)) continue;
            var pool = list.addObject().put("name", s.pool());
            if (detail) pool.set("capabilities", capabilities);
        }
        return Reply.ok(body);
    }

    /// From 3.28 pools are filtered by name and by anything they report, from 3.35 by the volume type they can hold.
    private BiPredicate<String, ObjectNode> poolFilter(Request r) {
        BiPredicate<String, ObjectNode> wanted = (_, _) -> true;
        if (!r.microversion().atLeast("3.28")) return wanted;
        for (var entry : r.query().entrySet()) {
            var key = entry.getKey();
            var value = entry.getValue().getFirst();
            wanted = wanted.and(
                    switch (key) {
                        case "detail" -> (_, _) -> true;
                        case "name" -> (name, _) -> name.equals(value);
                        case "volume_type" -> {
                            if (!r.microversion().atLeast("3.35")) yield (_, _) -> true;
                            var suited = suits.type(r.caller(), value);
                            yield (_, capabilities) -> suited.test(capabilities);
                        }
                        default -> (_, capabilities) -> reports(capabilities.path(key), value);
                    });
        }
        return wanted;
    }

    private static boolean reports(JsonNode has, String wanted) {
        if (has.isBoolean()) return has.asBoolean() == Bodies.truth(StringNode.valueOf(wanted));
        if (!has.isNumber()) return has.isString() && has.asString().equals(wanted);
        try {
            return has.asDouble() == Double.parseDouble(wanted);
        } catch (NumberFormatException e) {
            // No number equals it, as in Cinder.
            return false;
        }
    }

    private Reply capabilities(Request r) {
        var host = r.variable("host");
        var found = db.read(tx -> new ServiceStore(tx).find(StorageService.VOLUME, host))
                .orElseThrow(() ->
                        new NotFound("Service " + StorageService.VOLUME + " could not be found on host " + host + "."));
        var c = found.capabilities();
        var body = Json.object()
                .put("namespace", "OS::Storage::Capabilities::" + host)
                .put("vendor_name", c.path("vendor_name").asString(""))
                .put("volume_backend_name", c.path("volume_backend_name").asString(""))
                .putNull("pool_name")
                .put("driver_version", c.path("driver_version").asString(""))
                .put("storage_protocol", c.path("storage_protocol").asString(""))
                .putNull("display_name")
                .putNull("description")
                .put("visibility", "public");
        body.putArray("replication_targets");
        body.putObject("properties");
        return Reply.ok(body);
    }

    private Reply zones(Request r) {
        var zones = new LinkedHashMap<String, Boolean>();
        for (var s : services())
            if (s.binary().equals(StorageService.VOLUME)) zones.merge(s.zone(), !s.disabled(), Boolean::logicalOr);
        var body = Json.object();
        var list = body.putArray("availabilityZoneInfo");
        zones.forEach((name, available) ->
                list.addObject().put("zoneName", name).putObject("zoneState").put("available", available));
        return Reply.ok(body);
    }
}
