package cloud.yun.blockstorage.service;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.volume.VolumeStore.HostUse;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;

/// `os-hosts`, and what of `os-services` is about replication and about clusters, of which this cloud has none.
public final class HostRoutes {
    private static final String HOST = "/v3/os-hosts/{host}";
    private static final String RULE = "volume_extension:hosts";

    private final HostService hosts;
    private final Clock clock;
    private final Duration downTime;

    /// @param downTime a service that did not report for so long is down
    public HostRoutes(HostService hosts, Clock clock, Duration downTime) {
        this.hosts = hosts;
        this.clock = clock;
        this.downTime = downTime;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/os-hosts", this::list).policy(RULE),
                Route.get(HOST, this::show).policy(RULE),
                Route.put(HOST, this::update).policy(RULE),
                Route.put("/v3/os-services/freeze", r -> freeze(r, true)).policy("volume:freeze_host"),
                Route.put("/v3/os-services/thaw", r -> freeze(r, false)).policy("volume:thaw_host"),
                Route.put("/v3/os-services/failover_host", this::failover).policy("volume:failover_host"),
                Route.put("/v3/os-services/failover", this::failover)
                        .policy("volume:failover_host")
                        .since("3.26"),
                Route.get("/v3/clusters", HostRoutes::clusters)
                        .policy("clusters:get_all")
                        .since("3.7"),
                Route.get("/v3/clusters/detail", HostRoutes::clusters)
                        .policy("clusters:get_all")
                        .since("3.7"),
                Route.get("/v3/clusters/{name}", r -> noCluster(r.variable("name")))
                        .policy("clusters:get")
                        .since("3.7"),
                Route.put("/v3/clusters/enable", HostRoutes::changeCluster)
                        .policy("clusters:update")
                        .since("3.7"),
                Route.put("/v3/clusters/disable", HostRoutes::changeCluster)
                        .policy("clusters:update")
                        .since("3.7"),
                Route.post("/v3/workers/cleanup", this::cleanup)
                        .policy("workers:cleanup")
                        .since("3.24"),
                Route.get("/v3/workers/cleanup", _ -> noResource()).since("3.24"));
    }

    private Reply list(Request r) {
        var body = Json.object();
        var list = body.putArray("hosts");
        var now = clock.instant();
        for (var s : hosts.services()) {
            if (r.query("zone").filter(z -> !z.equals(s.zone())).isPresent()) continue;
            list.addObject()
                    .put("service-status", s.up(now, downTime) ? "available" : "unavailable")
                    .put("service", s.binary())
                    .put("zone", s.zone())
                    .put("service-state", s.disabled() ? "disabled" : "enabled")
                    .put("host_name", s.host())
                    .put("last-update", Times.microsWithoutZone(s.updatedAt()));
        }
        return Reply.ok(body);
    }

    private Reply show(Request r) {
        var host = r.variable("host");
        var found = hosts.use(host);
        var body = Json.object();
        var list = body.putArray("host");
        var total = new HostUse("(total)", 0, 0, 0, 0);
        for (var use : found) total = total.plus(use);
        add(list, host, total);
        for (var use : found) add(list, host, use);
        return Reply.ok(body);
    }

    private static void add(ArrayNode list, String host, HostUse use) {
        list.addObject()
                .putObject("resource")
                .put("host", host)
                .put("project", use.projectId())
                .put("volume_count", Long.toString(use.volumes()))
                .put("total_volume_gb", Long.toString(use.volumeGib()))
                .put("snapshot_count", Long.toString(use.snapshots()))
                .put("total_snapshot_gb", Long.toString(use.snapshotGib()));
    }

    private Reply update(Request r) {
        var host = r.variable("host");
        var status = Bodies.text(r.body(), "status")
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .strip();
        if (r.body().size() != 1 || !r.body().has("status"))
            throw new Invalid(
                    "Invalid update setting: '" + String.join(", ", r.body().propertyNames()) + "'");
        if (!status.equals("enable") && !status.equals("disable"))
            throw new Invalid("Invalid status: '" + status + "'");
        hosts.disable(host, status.equals("disable"));
        return Reply.ok(Json.object().put("host", host).put("status", status + "d"));
    }

    private Reply freeze(Request r, boolean frozen) {
        hosts.freeze(host(r), frozen);
        return Reply.accepted();
    }

    private static String host(Request r) {
        return Bodies.text(r.body(), "host")
                .filter(h -> !h.isEmpty())
                .orElseThrow(() -> new Invalid("Missing required element 'host' in request body."));
    }

    private Reply failover(Request r) {
        var host = host(r);
        hosts.require(host);
        throw new Invalid("Invalid input received: replication is disabled on host " + host + ".");
    }

    private static Reply clusters(Request r) {
        var allowed = List.of(
                "name",
                "binary",
                "is_up",
                "disabled",
                "num_hosts",
                "num_down_hosts",
                "replication_status",
                "frozen",
                "active_backend_id");
        var wrong =
                r.query().keySet().stream().filter(k -> !allowed.contains(k)).toList();
        if (!wrong.isEmpty())
            throw new Invalid("Invalid input received: Invalid filter keys: " + String.join(", ", wrong));
        var body = Json.object();
        body.putArray("clusters");
        return Reply.ok(body);
    }

    private static Reply changeCluster(Request r) {
        return noCluster(Bodies.text(r.body(), "name").orElse(""));
    }

    private static Reply noCluster(String name) {
        throw new NotFound("Cluster " + name + " could not be found.");
    }

    private static Reply noResource() {
        throw new NotFound("The resource could not be found.");
    }

    /// Nothing waits to be cleaned up: what a process left behind is taken over by the next one, flow by flow.
    private Reply cleanup(Request r) {
        var body = Json.object();
        body.putArray("cleaning");
        var unavailable = body.putArray("unavailable");
        var now = clock.instant();
        for (var s : hosts.services())
            if (s.binary().equals(StorageService.VOLUME) && !s.up(now, downTime))
                unavailable
                        .addObject()
                        .put("id", s.id())
                        .put("host", s.host())
                        .put("binary", s.binary())
                        .putNull("cluster_name");
        return Reply.accepted(body);
    }
}
