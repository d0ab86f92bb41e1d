package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of images as compute showed them: `/images` until 2.35, their metadata until 2.38.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#images-deprecated">Images (deprecated)</a>
public final class ImageProxy implements Part {
    private static final String IMAGES = "/v2.1/images";
    private static final String METADATA = IMAGES + "/{id}/metadata";
    private static final String PATCH = "application/openstack-images-v2.1-json-patch";
    private static final Map<String, String> FILTERS = Map.of(
            "name", "name",
            "status", "status",
            "changes-since", "updated_at",
            "server", "instance_uuid",
            "type", "image_type",
            "minRam", "min_ram",
            "minDisk", "min_disk");
    private static final Map<String, String> STATUS = Map.of(
            "active", "ACTIVE",
            "queued", "SAVING",
            "saving", "SAVING",
            "importing", "SAVING",
            "uploading", "SAVING",
            "deleted", "DELETED",
            "pending_delete", "DELETED",
            "killed", "ERROR");
    private static final Map<String, Integer> PROGRESS =
            Map.of("queued", 25, "saving", 50, "importing", 50, "uploading", 50, "active", 100);

    /// What image version 2 itself says of an image; all else are properties.
    private static final Set<String> OWN = Set.of(
            "id",
            "name",
            "disk_format",
            "container_format",
            "visibility",
            "size",
            "virtual_size",
            "status",
            "checksum",
            "protected",
            "min_ram",
            "min_disk",
            "owner",
            "os_hidden",
            "os_hash_algo",
            "os_hash_value",
            "created_at",
            "updated_at",
            "tags",
            "self",
            "file",
            "schema",
            "stores",
            "locations",
            "direct_url");

    private final Peer images;
    private final Quotas quotas;
    private final Database db;

    public ImageProxy(Peer images, Quotas quotas, Database db) {
        this.images = images;
        this.quotas = quotas;
        this.db = db;
    }

    @Override
    public List<Route> routes() {
        var metadata = "schema/compute/server-metadata.json";
        return List.of(
                Route.get(IMAGES, r -> list(r, false)).until("2.35"),
                Route.get(IMAGES + "/detail", r -> list(r, true)).until("2.35"),
                Route.get(IMAGES + "/{id}", this::show).until("2.35"),
                Route.delete(IMAGES + "/{id}", this::delete).until("2.35"),
                Route.get(METADATA, this::metadata).until("2.38"),
                Route.post(METADATA, r -> write(r, true)).until("2.38").schema(metadata),
                Route.put(METADATA, r -> write(r, false)).until("2.38").schema(metadata),
                Route.get(METADATA + "/{key}", this::item).until("2.38"),
                Route.put(METADATA + "/{key}", this::putItem).until("2.38").schema("schema/compute/server-meta.json"),
                Route.delete(METADATA + "/{key}", this::deleteItem).until("2.38"));
    }

    private Reply list(Request request, boolean detail) {
        var page = Page.of(request);
        var query = new TreeMap<String, List<String>>();
        request.query().forEach((name, values) -> {
            if (name.startsWith("property-")) query.put(name.substring("property-".length()), values);
            else if (FILTERS.containsKey(name))
                query.put(FILTERS.getOrDefault(name, name), List.of(filter(name, values.getFirst())));
        });
        query.put("limit", List.of(String.valueOf(page.limit())));
        page.marker().ifPresent(m -> query.put("marker", List.of(m)));
        JsonNode found;
        try {
            found = images.get(request.caller(), "/v2/images", query).path("images");
        } catch (NotFound e) {
            throw new Invalid(e.userMessage()); // the marker
        }
        var body = Json.object();
        var array = body.putArray("images");
        found.forEach(i -> array.add(detail ? full(request, i) : brief(request, i)));
        if (page.limited() && page.full(found.size()))
            body.set(
                    "images_links",
                    Links.next(
                            request,
                            detail ? "images/detail" : "images",
                            found.get(found.size() - 1).path("id").asString()));
        return Reply.ok(body);
    }

    private static String filter(String name, String value) {
        return switch (name) {
            case "status" -> value.toLowerCase(Locale.ROOT);
            case "changes-since" -> "gte:" + value;
            case "server" -> value.substring(value.lastIndexOf('/') + 1);
            default -> value;
        };
    }

    private static ObjectNode brief(Request request, JsonNode image) {
        var id = image.path("id").asString();
        var view = Json.object().put("id", id);
        view.set("name", image.path("name"));
        view.set("links", links(request, id));
        return view;
    }

    private static ArrayNode links(Request request, String id) {
        var links = Links.of(request, "images", id);
        var house = request.url().replaceFirst("/compute$", "/image").replaceFirst(":8774$", ":9292");
        links.addObject()
                .put("rel", "alternate")
                .put("type", "application/vnd.openstack.image")
                .put("href", house + "/images/" + id);
        return links;
    }

    private static ObjectNode full(Request request, JsonNode image) {
        var id = image.path("id").asString();
        var status = image.path("status").asString();
        var view = Json.object().put("id", id);
        view.set("name", image.path("name"));
        view.put("minRam", image.path("min_ram").asInt(0))
                .put("minDisk", image.path("min_disk").asInt(0));
        var properties = properties(image);
        view.set("metadata", Json.tree(properties));
        view.put("created", image.path("created_at").asString())
                .put("updated", image.path("updated_at").asString())
                .put("status", STATUS.getOrDefault(status, "UNKNOWN"))
                .put("progress", PROGRESS.getOrDefault(status, 0))
                .set("OS-EXT-IMG-SIZE:size", image.path("size"));
        view.set("links", links(request, id));
        var server = properties.get("instance_uuid");
        if (server != null)
            view.putObject("server").put("id", server).set("links", Links.of(request, "servers", server));
        var disk = properties.get("auto_disk_config");
        if (disk != null) view.put("OS-DCF:diskConfig", disk.equalsIgnoreCase("true") ? "AUTO" : "MANUAL");
        return view;
    }

    private static Map<String, String> properties(JsonNode image) {
        var all = new LinkedHashMap<String, String>();
        image.properties().forEach(e -> {
            if (!OWN.contains(e.getKey()) && e.getValue().isString())
                all.put(e.getKey(), e.getValue().asString());
        });
        return all;
    }

    private JsonNode find(Caller caller, String id) {
        try {
            return images.get(caller, "/v2/images/" + id);
        } catch (NotFound | Invalid e) {
            throw new NotFound("Image not found.");
        }
    }

    private Reply show(Request request) {
        var body = Json.object();
        body.set("image", full(request, find(request.caller(), request.variable("id"))));
        return Reply.ok(body);
    }

    private Reply delete(Request request) {
        var id = request.variable("id");
        find(request.caller(), id);
        try {
            images.delete(request.caller(), "/v2/images/" + id);
        } catch (NotFound e) {
            throw new NotFound("Image not found.");
        } catch (Forbidden e) {
            throw new Forbidden("You are not allowed to delete the image.");
        }
        return Reply.noContent();
    }

    private Reply metadata(Request request) {
        return answer(properties(find(request.caller(), request.variable("id"))));
    }

    private Reply write(Request request, boolean merge) {
        var old = properties(find(request.caller(), request.variable("id")));
        var all = merge ? new LinkedHashMap<>(old) : new LinkedHashMap<String, String>();
        request.object("metadata")
                .properties()
                .forEach(e -> all.put(e.getKey(), e.getValue().asString()));
        change(request, old, all);
        return answer(all);
    }

    private Reply item(Request request) {
        var key = request.variable("key");
        var value = properties(find(request.caller(), request.variable("id"))).get(key);
        if (value == null) throw new NotFound("Metadata item was not found");
        return Reply.ok(meta(key, value));
    }

    private Reply putItem(Request request) {
        var key = request.variable("key");
        var meta = request.object("meta");
        if (!meta.has(key)) throw new Invalid("Request body and URI mismatch");
        var old = properties(find(request.caller(), request.variable("id")));
        var all = new LinkedHashMap<>(old);
        all.put(key, meta.path(key).asString());
        change(request, old, all);
        return Reply.ok(meta(key, meta.path(key).asString()));
    }

    private Reply deleteItem(Request request) {
        var old = properties(find(request.caller(), request.variable("id")));
        var all = new LinkedHashMap<>(old);
        if (all.remove(request.variable("key")) == null) throw new NotFound("Invalid metadata key");
        change(request, old, all);
        return Reply.noContent();
    }

    private void change(Request request, Map<String, String> old, Map<String, String> all) {
        var caller = request.caller();
        long limit =
                db.read(tx -> quotas.limits(tx, caller.projectId())).getOrDefault("metadata_items", Quotas.UNLIMITED);
        if (limit != Quotas.UNLIMITED && all.size() > limit)
            throw new OverQuota("Image metadata limit exceeded", "OverQuota", "");
        var patch = Json.array();
        old.keySet().stream()
                .filter(k -> !all.containsKey(k))
                .forEach(k -> patch.addObject().put("op", "remove").put("path", pointer(k)));
        all.forEach((k, v) -> {
            if (!v.equals(old.get(k)))
                patch.addObject()
                        .put("op", old.containsKey(k) ? "replace" : "add")
                        .put("path", pointer(k))
                        .put("value", v);
        });
        if (!patch.isEmpty())
            images.call(
                    caller,
                    "PATCH",
                    "/v2/images/" + request.variable("id"),
                    Map.of(),
                    Map.of("content-type", PATCH),
                    patch);
    }

    private static String pointer(String key) {
        return "/" + key.replace("~", "~0").replace("/", "~1");
    }

    private static Reply answer(Map<String, String> metadata) {
        var body = Json.object();
        body.set("metadata", Json.tree(metadata));
        return Reply.ok(body);
    }

    private static ObjectNode meta(String key, String value) {
        var body = Json.object();
        body.putObject("meta").put(key, value);
        return body;
    }
}
