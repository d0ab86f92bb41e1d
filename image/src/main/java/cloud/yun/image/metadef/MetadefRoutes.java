package cloud.yun.image.metadef;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Metadata definitions over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/v2/metadefs-index.html">Metadata definitions</a>
public final class MetadefRoutes {
    private static final String NAMESPACES = "/v2/metadefs/namespaces";
    private static final String ONE = NAMESPACES + "/{namespace}";

    private final MetadefService service;
    private final int listStandard;
    private final int listMax;

    /// @param listStandard namespaces on a page when the request names no limit
    public MetadefRoutes(MetadefService service, int listStandard, int listMax) {
        this.service = service;
        this.listStandard = listStandard;
        this.listMax = listMax;
    }

    public List<Route> routes() {
        var routes = new ArrayList<Route>();
        routes.add(Route.get(NAMESPACES, this::list).policy("get_metadef_namespaces"));
        routes.add(Route.post(NAMESPACES, this::create).policyOnObject("add_metadef_namespace"));
        routes.add(Route.get(ONE, this::show).policyOnObject("get_metadef_namespace"));
        routes.add(Route.put(ONE, this::update).policyOnObject("modify_metadef_namespace"));
        routes.add(Route.delete(ONE, this::delete).policyOnObject("delete_metadef_namespace"));
        items(routes, ItemKind.OBJECT, "objects", "delete_metadef_object");
        items(routes, ItemKind.PROPERTY, "properties", "remove_metadef_property");
        items(routes, ItemKind.TAG, "tags", "delete_metadef_tag");
        routes.add(Route.post(ONE + "/tags/{name}", this::addTag).policyOnObject("add_metadef_tag"));
        routes.add(
                Route.get("/v2/metadefs/resource_types", _ -> resourceTypes()).policy("list_metadef_resource_types"));
        routes.add(Route.get(ONE + "/resource_types", this::associations).policyOnObject("get_metadef_resource_type"));
        routes.add(Route.post(ONE + "/resource_types", this::associate)
                .policyOnObject("add_metadef_resource_type_association"));
        routes.add(Route.delete(
                        ONE + "/resource_types/{name}",
                        r -> remove(r, ItemKind.RESOURCE_TYPE, "remove_metadef_resource_type_association"))
                .policyOnObject("remove_metadef_resource_type_association"));
        return routes;
    }

    /// What objects, properties and tags have in common.
    private void items(List<Route> routes, ItemKind kind, String path, String deleteRule) {
        var word = kind.wire;
        var all = ONE + "/" + path;
        var one = all + "/{name}";
        routes.add(Route.get(all, r -> list(r, kind))
                .policyOnObject(kind == ItemKind.PROPERTY ? "get_metadef_properties" : "get_metadef_" + word + "s"));
        if (kind == ItemKind.TAG) routes.add(Route.post(all, this::addTags).policyOnObject("add_metadef_tags"));
        else routes.add(Route.post(all, r -> add(r, kind)).policyOnObject("add_metadef_" + word));
        var deleteAll = kind == ItemKind.TAG ? "delete_metadef_tags" : deleteRule;
        routes.add(Route.delete(all, r -> removeAll(r, kind, deleteAll)).policyOnObject(deleteAll));
        routes.add(Route.get(one, r -> show(r, kind)).policyOnObject("get_metadef_" + word));
        routes.add(Route.put(one, r -> update(r, kind)).policyOnObject("modify_metadef_" + word));
        routes.add(Route.delete(one, r -> remove(r, kind, deleteRule)).policyOnObject(deleteRule));
    }

    private Reply list(Request request) {
        var limit = request.query("limit").map(MetadefRoutes::limit).orElse(listStandard);
        var direction = request.query("sort_dir").orElse("desc");
        if (!direction.equals("asc") && !direction.equals("desc"))
            throw new Invalid("Invalid sort direction: " + direction);
        var visibility = request.query("visibility");
        visibility.ifPresent(v -> {
            if (!v.equals("public") && !v.equals("private")) throw new Invalid("Invalid visibility value: " + v);
        });
        var types =
                request.query("resource_types").map(t -> List.of(t.split(","))).orElse(List.of());
        int most = Math.min(limit, listMax);
        var found = service.list(
                request.caller(),
                new MetadefService.Query(
                        visibility,
                        types,
                        request.query("marker"),
                        most,
                        request.query("sort_key").orElse("created_at"),
                        direction.equals("asc")));
        var out = Json.object();
        var array = out.putArray("namespaces");
        found.forEach(n -> array.add(MetadefView.whole(n)));
        if (!found.isEmpty() && found.size() == most)
            out.put(
                    "next",
                    link(request, Optional.of(found.getLast().namespace().name())));
        out.put("schema", "/v2/schemas/metadefs/namespaces");
        return Reply.ok(out.put("first", link(request, Optional.empty())));
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit < 0) throw new Invalid("limit param must be positive");
            return limit;
        } catch (NumberFormatException e) {
            throw new Invalid("limit param must be an integer");
        }
    }

    private static String link(Request request, Optional<String> marker) {
        var query = new ArrayList<String>();
        request.query().forEach((name, values) -> {
            if (!name.equals("marker")) values.forEach(v -> query.add(name + "=" + encode(v)));
        });
        marker.ifPresent(m -> query.add("marker=" + encode(m)));
        return NAMESPACES + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Reply create(Request request) {
        var fields = MetadefBody.namespace(request.body());
        var made = service.create(request.caller(), fields, MetadefBody.items(request.body()));
        return Reply.created(MetadefView.whole(made))
                .header("Location", request.url() + MetadefView.PATH + fields.namespace());
    }

    /// With `resource_type`, names are shown as they are on that type: behind its prefix.
    private Reply show(Request request) {
        var whole = service.show(request.caller(), request.variable("namespace"));
        var type = request.query("resource_type");
        var prefix = whole.of(ItemKind.RESOURCE_TYPE).stream()
                .filter(t -> type.filter(t.name()::equals).isPresent())
                .map(t -> t.body().path("prefix").asString(""))
                .findFirst()
                .orElse("");
        if (prefix.isEmpty()) return Reply.ok(MetadefView.whole(whole));
        var items = new ArrayList<Item>();
        for (var item : whole.items())
            items.addAll(
                    item.kind() == ItemKind.PROPERTY
                            ? MetadefService.renamed(List.of(item), name -> prefix + name)
                            : List.of(item));
        return Reply.ok(MetadefView.whole(new MetadefService.Whole(whole.namespace(), items)));
    }

    private Reply update(Request request) {
        var fields = MetadefBody.namespace(request.body());
        return Reply.ok(MetadefView.namespace(service.update(request.caller(), request.variable("namespace"), fields)));
    }

    private Reply delete(Request request) {
        service.delete(request.caller(), request.variable("namespace"));
        return Reply.noContent();
    }

    private Reply list(Request request, ItemKind kind) {
        var namespace = request.variable("namespace");
        var items = service.show(request.caller(), namespace).of(kind);
        var out = Json.object();
        switch (kind) {
            case OBJECT -> {
                var array = out.putArray("objects");
                items.forEach(i -> array.add(MetadefView.listedObject(namespace, i)));
                out.put("schema", "v2/schemas/metadefs/objects");
            }
            case PROPERTY -> {
                var map = out.putObject("properties");
                items.forEach(i -> map.set(i.name(), i.body()));
            }
            case TAG -> {
                var array = out.putArray("tags");
                items.forEach(i -> array.addObject().put("name", i.name()));
            }
            case RESOURCE_TYPE -> {
                var array = out.putArray("resource_type_associations");
                items.forEach(i -> array.add(MetadefView.association(i)));
            }
        }
        return Reply.ok(out);
    }

    private static ObjectNode view(String namespace, Item item) {
        return switch (item.kind()) {
            case OBJECT -> MetadefView.object(namespace, item);
            case PROPERTY -> MetadefView.property(item);
            case TAG -> MetadefView.tag(item);
            case RESOURCE_TYPE -> MetadefView.association(item);
        };
    }

    private Reply add(Request request, ItemKind kind) {
        return add(request, MetadefBody.named(kind, request.body()), "add_metadef_" + kind.wire);
    }

    private Reply add(Request request, MetadefBody.Named item, String rule) {
        var namespace = request.variable("namespace");
        var made = service.add(request.caller(), namespace, item, rule);
        return Reply.created(view(namespace, made));
    }

    private Reply addTag(Request request) {
        var tag = MetadefBody.named(ItemKind.TAG, Json.object().put("name", request.variable("name")));
        return add(request, tag, "add_metadef_tag");
    }

    private Reply addTags(Request request) {
        boolean append = request.header("X-Openstack-Append")
                .map(v -> v.strip().equalsIgnoreCase("true"))
                .orElse(false);
        var made = service.addTags(
                request.caller(), request.variable("namespace"), MetadefBody.tags(request.body()), append);
        var out = Json.object();
        var array = out.putArray("tags");
        made.forEach(t -> array.addObject().put("name", t.name()));
        return Reply.created(out);
    }

    private Reply associate(Request request) {
        return add(
                request,
                MetadefBody.named(ItemKind.RESOURCE_TYPE, request.body()),
                "add_metadef_resource_type_association");
    }

    private Reply associations(Request request) {
        return list(request, ItemKind.RESOURCE_TYPE);
    }

    private Reply show(Request request, ItemKind kind) {
        var namespace = request.variable("namespace");
        var item = service.item(request.caller(), namespace, kind, request.variable("name"));
        return Reply.ok(kind == ItemKind.OBJECT ? MetadefView.listedObject(namespace, item) : view(namespace, item));
    }

    private Reply update(Request request, ItemKind kind) {
        var namespace = request.variable("namespace");
        var item = MetadefBody.named(kind, request.body());
        var made = service.update(
                request.caller(), namespace, request.variable("name"), item, "modify_metadef_" + kind.wire);
        return Reply.ok(view(namespace, made));
    }

    private Reply remove(Request request, ItemKind kind, String rule) {
        service.delete(request.caller(), request.variable("namespace"), kind, request.variable("name"), rule);
        return Reply.noContent();
    }

    private Reply removeAll(Request request, ItemKind kind, String rule) {
        service.deleteAll(request.caller(), request.variable("namespace"), kind, rule);
        return Reply.noContent();
    }

    private Reply resourceTypes() {
        var out = Json.object();
        var array = out.putArray("resource_types");
        service.resourceTypes()
                .forEach((name, at) -> array.addObject().put("name", name).put("created_at", Times.seconds(at)));
        return Reply.ok(out);
    }
}
