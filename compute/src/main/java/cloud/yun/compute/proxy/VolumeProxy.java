package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of volumes and snapshots as compute showed them, until 2.35.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#volume-extension-deprecated">Volumes (deprecated)</a>
public final class VolumeProxy implements Part {
    private static final String VOLUMES = "/v2.1/os-volumes";
    private static final String SNAPSHOTS = "/v2.1/os-snapshots";
    private static final String RULE = "os_compute_api:os-volumes:";

    private final Peer storage;

    public VolumeProxy(Peer storage) {
        this.storage = storage;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                        Route.get(VOLUMES, this::volumes).policy(RULE + "list"),
                        Route.get(VOLUMES + "/detail", this::volumes).policy(RULE + "detail"),
                        Route.post(VOLUMES, this::createVolume)
                                .policy(RULE + "create")
                                .schema("schema/compute/volume-create.json"),
                        Route.get(VOLUMES + "/{id}", this::volume).policy(RULE + "show"),
                        Route.delete(VOLUMES + "/{id}", r -> delete(r, "Volume", "volumes"))
                                .policy(RULE + "delete"),
                        Route.get(SNAPSHOTS, this::snapshots).policy(RULE + "snapshots:list"),
                        Route.get(SNAPSHOTS + "/detail", this::snapshots).policy(RULE + "snapshots:detail"),
                        Route.post(SNAPSHOTS, this::createSnapshot)
                                .policy(RULE + "snapshots:create")
                                .schema("schema/compute/snapshot-create.json"),
                        Route.get(SNAPSHOTS + "/{id}", this::snapshot).policy(RULE + "snapshots:show"),
                        Route.delete(SNAPSHOTS + "/{id}", r -> delete(r, "Snapshot", "snapshots"))
                                .policy(RULE + "snapshots:delete"))
                .stream()
                .map(r -> r.until("2.35"))
                .toList();
    }

    private Reply volumes(Request request) {
        return list(request, "volumes", VolumeProxy::volume);
    }

    private Reply snapshots(Request request) {
        return list(request, "snapshots", VolumeProxy::snapshot);
    }

    private Reply list(Request request, String name, java.util.function.Function<JsonNode, ObjectNode> view) {
        var body = Json.object();
        var array = body.putArray(name);
        var query = new java.util.TreeMap<String, List<String>>();
        for (var part : List.of("limit", "offset")) request.query(part).ifPresent(v -> query.put(part, List.of(v)));
        storage.get(request.caller(), "/v3/" + name + "/detail", query)
                .path(name)
                .forEach(v -> array.add(view.apply(v)));
        return Reply.ok(body);
    }

    private Reply volume(Request request) {
        return answer("volume", volume(find(request, "Volume", "volumes").path("volume")));
    }

    private Reply snapshot(Request request) {
        return answer(
                "snapshot", snapshot(find(request, "Snapshot", "snapshots").path("snapshot")));
    }

    private JsonNode find(Request request, String kind, String collection) {
        var id = request.variable("id");
        try {
            return storage.get(request.caller(), "/v3/" + collection + "/" + id);
        } catch (NotFound e) {
            throw new NotFound(kind, id);
        }
    }

    private Reply delete(Request request, String kind, String collection) {
        find(request, kind, collection);
        storage.delete(request.caller(), "/v3/" + collection + "/" + request.variable("id"));
        return Reply.accepted();
    }

    private Reply createVolume(Request request) {
        var asked = request.object("volume");
        var wanted = Json.object();
        wanted.put("size", Integer.parseInt(asked.path("size").asString()));
        for (var name : List.of("volume_type", "snapshot_id", "availability_zone", "metadata"))
            if (asked.has(name)) wanted.set(name, asked.path(name));
        renamed(asked, wanted);
        var made = volume(create(request, "volumes", "volume", wanted));
        return answer("volume", made)
                .header(
                        "Location",
                        request.url() + request.path() + "/" + made.path("id").asString());
    }

    private Reply createSnapshot(Request request) {
        var asked = request.object("snapshot");
        var wanted = Json.object();
        wanted.set("volume_id", asked.path("volume_id"));
        if (asked.has("force")) wanted.set("force", asked.path("force"));
        renamed(asked, wanted);
        return answer("snapshot", snapshot(create(request, "snapshots", "snapshot", wanted)));
    }

    private static void renamed(ObjectNode asked, ObjectNode wanted) {
        if (asked.has("display_name")) wanted.set("name", asked.path("display_name"));
        if (asked.has("display_description")) wanted.set("description", asked.path("display_description"));
    }

    private JsonNode create(Request request, String collection, String name, ObjectNode wanted) {
        var body = Json.object();
        body.set(name, wanted);
        try {
            return storage.post(request.caller(), "/v3/" + collection, body).path(name);
        } catch (OverQuota e) {
            throw new Forbidden(e.userMessage());
        }
    }

    private static Reply answer(String name, ObjectNode view) {
        var body = Json.object();
        body.set(name, view);
        return Reply.ok(body);
    }

    private static ObjectNode volume(JsonNode v) {
        var id = v.path("id").asString();
        var view = Json.object().put("id", id);
        copy(view, v, Map.of("status", "status", "size", "size"));
        copy(view, v, Map.of("availabilityZone", "availability_zone", "createdAt", "created_at"));
        var attachment = view.putArray("attachments").addObject();
        var at = v.path("attachments").path(0);
        if (!at.isMissingNode()) {
            attachment.put("id", id).put("volumeId", id);
            copy(attachment, at, Map.of("serverId", "server_id"));
            if (!at.path("device").isNull()) copy(attachment, at, Map.of("device", "device"));
        }
        copy(view, v, Map.of("displayName", "name", "displayDescription", "description"));
        copy(view, v, Map.of("volumeType", "volume_type", "snapshotId", "snapshot_id"));
        view.set("metadata", v.path("metadata").isObject() ? v.path("metadata") : Json.object());
        return view;
    }

    private static ObjectNode snapshot(JsonNode s) {
        var view = Json.object();
        copy(view, s, Map.of("id", "id", "volumeId", "volume_id", "status", "status", "size", "size"));
        copy(view, s, Map.of("createdAt", "created_at", "displayName", "name", "displayDescription", "description"));
        return view;
    }

    private static void copy(ObjectNode to, JsonNode from, Map<String, String> names) {
        names.forEach((name, there) -> {
            var value = from.path(there);
            if (value.isMissingNode()) to.putNull(name);
            else to.set(name, value);
        });
    }
}
