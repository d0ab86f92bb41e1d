package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.quota.Quotas;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// HTTP of what users note about their servers.
final class MetadataRoutes implements Part {
    private static final String METADATA = "/v2.1/servers/{server_id}/metadata";
    private static final String ITEM = METADATA + "/{key}";
    private static final String RULE = ComputePolicy.PREFIX + "server-metadata:";

    private final ServerAccess access;
    private final Quotas quotas;
    private final Clock clock;

    MetadataRoutes(ServerAccess access, Quotas quotas, Clock clock) {
        this.access = access;
        this.quotas = quotas;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(METADATA, this::list).policyOnObject(RULE + "index"),
                Route.post(METADATA, r -> write(r, "create", false))
                        .policyOnObject(RULE + "create")
                        .schema("schema/compute/server-metadata.json"),
                Route.put(METADATA, r -> write(r, "update_all", true))
                        .policyOnObject(RULE + "update_all")
                        .schema("schema/compute/server-metadata.json"),
                Route.get(ITEM, this::show).policyOnObject(RULE + "show"),
                Route.put(ITEM, this::put).policyOnObject(RULE + "update").schema("schema/compute/server-meta.json"),
                Route.delete(ITEM, this::delete).policyOnObject(RULE + "delete"));
    }

    private Reply list(Request request) {
        return answer(access.read(
                request.caller(), request.variable("server_id"), "server-metadata:index", (_, s) -> s.metadata()));
    }

    private Reply write(Request request, String rule, boolean replace) {
        var items = CreateRequest.strings(request.object("metadata"));
        return answer(change(request, rule, old -> {
            var all = new LinkedHashMap<String, String>();
            if (!replace) all.putAll(old);
            all.putAll(items);
            return all;
        }));
    }

    private Reply show(Request request) {
        var key = request.variable("key");
        var value = access.read(
                request.caller(),
                request.variable("server_id"),
                "server-metadata:show",
                (_, s) -> require(s.metadata(), key));
        return item(key, value);
    }

    private Reply put(Request request) {
        var key = request.variable("key");
        var items = CreateRequest.strings(request.object("meta"));
        if (!items.containsKey(key)) throw new Invalid("Request body and URI mismatch");
        change(request, "update", old -> {
            var all = new LinkedHashMap<>(old);
            all.putAll(items);
            return all;
        });
        return item(key, items.getOrDefault(key, ""));
    }

    private Reply delete(Request request) {
        var key = request.variable("key");
        change(request, "delete", old -> {
            require(old, key);
            var all = new LinkedHashMap<>(old);
            all.remove(key);
            return all;
        });
        return Reply.noContent();
    }

    private static String require(Map<String, String> metadata, String key) {
        var value = metadata.get(key);
        if (value == null) throw new NotFound("Metadata item was not found");
        return value;
    }

    private Map<String, String> change(Request request, String rule, UnaryOperator<Map<String, String>> how) {
        return access.change(
                request.caller(), request.variable("server_id"), "server-metadata:" + rule, (tx, server) -> {
                    if (server.taskState() == TaskState.DELETING)
                        throw new Conflict("Cannot 'update_instance_metadata' instance " + server.id()
                                + " while it is in task_state deleting");
                    var all = how.apply(server.metadata());
                    checkQuota(tx, server, all);
                    new ServerStore(tx).metadata(server, all, clock.instant());
                    return all;
                });
    }

    private void checkQuota(Tx tx, Server server, Map<String, String> all) {
        long limit = quotas.limits(tx, server.projectId()).getOrDefault("metadata_items", Quotas.UNLIMITED);
        if (limit != Quotas.UNLIMITED && all.size() > limit)
            throw new OverQuota("Maximum number of metadata items exceeds " + limit, "OverQuota", "");
    }

    private static Reply answer(Map<String, String> metadata) {
        var body = Json.object();
        body.set("metadata", Json.tree(metadata));
        return Reply.ok(body);
    }

    private static Reply item(String key, String value) {
        var body = Json.object();
        body.putObject("meta").put(key, value);
        return Reply.ok(body);
    }
}
