package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TagStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// HTTP of server tags, from microversion 2.26.
final class TagRoutes implements Part {
    private static final String TAGS = "/v2.1/servers/{server_id}/tags";
    private static final String TAG = TAGS + "/{tag}";
    private static final String RULE = ComputePolicy.PREFIX + "os-server-tags:";
    private static final int TAGS_MAX = 50;
    private static final int LENGTH_MAX = 60;

    private final ServerAccess access;

    TagRoutes(ServerAccess access) {
        this.access = access;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(TAGS, this::list).policyOnObject(RULE + "index").since("2.26"),
                Route.put(TAGS, this::replace)
                        .policyOnObject(RULE + "update_all")
                        .schema("schema/compute/server-tags.json")
                        .since("2.26"),
                Route.delete(TAGS, this::clear)
                        .policyOnObject(RULE + "delete_all")
                        .since("2.26"),
                Route.get(TAG, this::check).policyOnObject(RULE + "show").since("2.26"),
                Route.put(TAG, this::add).policyOnObject(RULE + "update").since("2.26"),
                Route.delete(TAG, this::remove).policyOnObject(RULE + "delete").since("2.26"));
    }

    private Reply list(Request request) {
        return answer(access.read(
                request.caller(),
                request.variable("server_id"),
                "os-server-tags:index",
                (tx, s) -> new TagStore(tx).of(s.id())));
    }

    private Reply replace(Request request) {
        var tags = request.body()
                .path("tags")
                .valueStream()
                .map(JsonNode::asString)
                .distinct()
                .toList();
        return answer(change(request, "update_all", (tx, server) -> {
            new TagStore(tx).clear(server.id());
            tags.forEach(t -> new TagStore(tx).add(server.id(), t));
            return new TagStore(tx).of(server.id());
        }));
    }

    private Reply clear(Request request) {
        change(request, "delete_all", (tx, server) -> {
            new TagStore(tx).clear(server.id());
            return server;
        });
        return Reply.noContent();
    }

    private Reply check(Request request) {
        var tag = request.variable("tag");
        access.read(request.caller(), request.variable("server_id"), "os-server-tags:show", (tx, server) -> {
            if (!new TagStore(tx).of(server.id()).contains(tag)) throw unknown(server, tag);
            return server;
        });
        return Reply.noContent();
    }

    private Reply add(Request request) {
        var tag = request.variable("tag");
        if (tag.isEmpty() || tag.length() > LENGTH_MAX)
            throw new Invalid("Tag '" + tag + "' is invalid. It must be a non empty string without characters '/' and"
                    + " ','. Validation error message: '" + tag + "' is too long");
        if (tag.contains(",") || tag.contains("/"))
            throw new Invalid("Tag '" + tag + "' is invalid. It must be a non empty string without characters '/' and"
                    + " ','. Validation error message: '" + tag + "' does not match '^[^,/]*$'");
        boolean added = change(request, "update", (tx, server) -> {
            var has = new TagStore(tx).of(server.id());
            if (has.contains(tag)) return false;
            if (has.size() >= TAGS_MAX)
                throw new Invalid("The number of tags exceeded the per-server limit " + TAGS_MAX);
            new TagStore(tx).add(server.id(), tag);
            return true;
        });
        if (!added) return Reply.noContent();
        return Reply.empty(201).header("Location", request.url() + request.path());
    }

    private Reply remove(Request request) {
        var tag = request.variable("tag");
        change(request, "delete", (tx, server) -> {
            if (!new TagStore(tx).remove(server.id(), tag)) throw unknown(server, tag);
            return server;
        });
        return Reply.noContent();
    }

    private static NotFound unknown(Server server, String tag) {
        return new NotFound("Server " + server.id() + " has no tag '" + tag + "'");
    }

    private <T> T change(Request request, String rule, java.util.function.BiFunction<Tx, Server, T> work) {
        return access.change(
                request.caller(), request.variable("server_id"), "os-server-tags:" + rule, (tx, server) -> {
                    if (server.taskState() == TaskState.DELETING)
                        throw new Conflict(
                                "Cannot 'update_tags' instance " + server.id() + " while it is in task_state deleting");
                    return work.apply(tx, server);
                });
    }

    private static Reply answer(Collection<String> tags) {
        var body = Json.object();
        var array = body.putArray("tags");
        tags.forEach(array::add);
        return Reply.ok(body);
    }
}
