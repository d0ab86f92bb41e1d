package cloud.yun.network.api;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The five routes that every resource has, and their rendering.
public final class CrudRoutes {
    private final Crud crud;
    private final Shape shape;
    private final Guard guard;

    public CrudRoutes(Crud crud, Guard guard) {
        this.crud = crud;
        this.shape = crud.shape();
        this.guard = guard;
    }

    public List<Route> routes() {
        var all = "/v2.0/" + shape.path();
        var one = all + "/{id}";
        var get = "get_" + shape.name();
        return List.of(
                Route.get(all, this::list).policyOnObject(get),
                Route.post(all, this::create).policyOnObject("create_" + shape.name()),
                Route.get(one, this::show).policyOnObject(get),
                Route.put(one, this::update).policyOnObject("update_" + shape.name()),
                Route.delete(one, this::delete).policyOnObject("delete_" + shape.name()));
    }

    private Reply list(Request request) {
        var query = ListQuery.of(shape, request);
        var found = crud.list(request.caller(), query);
        var links = links(request, query, found);
        var view = guard.new View(request.caller(), shape);
        var body = Json.object();
        var array = body.putArray(shape.plural());
        for (var object : found) array.add(view.of(object, query.fields()));
        if (!links.isEmpty()) body.set(shape.plural() + "_links", links);
        return Reply.ok(body);
    }

    private Reply create(Request request) {
        var drafts = shape.drafts(request.caller(), request.body());
        var made = crud.create(request.caller(), drafts);
        var view = guard.new View(request.caller(), shape);
        var body = Json.object();
        if (request.body().has(shape.plural()) && !request.body().has(shape.name())) {
            var array = body.putArray(shape.plural());
            for (var object : made) array.add(view.of(object, Set.of()));
        } else {
            body.set(shape.name(), view.of(made.getFirst(), Set.of()));
        }
        return Reply.created(body);
    }

    private Reply show(Request request) {
        var fields = Set.copyOf(request.queryAll("fields"));
        return one(request, crud.show(request.caller(), request.variable("id")), fields);
    }

    private Reply update(Request request) {
        var changes = shape.changes(request.body());
        return one(
                request, crud.update(request.caller(), request.variable("id"), changes, revision(request)), Set.of());
    }

    private Reply delete(Request request) {
        crud.delete(request.caller(), request.variable("id"), revision(request));
        return Reply.noContent();
    }

    private Reply one(Request request, ObjectNode object, Set<String> fields) {
        var body = Json.object();
        body.set(shape.name(), guard.new View(request.caller(), shape).of(object, fields));
        return Reply.ok(body);
    }

    /// `If-Match: revision_number=7`.
    static Optional<Long> revision(Request request) {
        var header = request.header("If-Match");
        if (header.isEmpty()) return Optional.empty();
        var text = header.get().strip();
        try {
            if (text.startsWith("revision_number=")) return Optional.of(Long.valueOf(text.substring(16)));
        } catch (NumberFormatException e) {
            // told below, as every other bad header
        }
        throw new Invalid("Bad request: If-Match header is malformed.", "HTTPBadRequest");
    }

    private ArrayNode links(Request request, ListQuery query, List<ObjectNode> found) {
        var links = Json.array();
        if (query.limit() == 0 || found.isEmpty()) return links;
        boolean whole = found.size() >= query.limit();
        if (whole || query.reverse()) link(links, "next", request, id(found.getLast()), false);
        if (whole || !query.reverse()) link(links, "previous", request, id(found.getFirst()), true);
        return links;
    }

    private static String id(ObjectNode object) {
        return object.path("id").asString();
    }

    private static void link(ArrayNode links, String rel, Request request, String marker, boolean reverse) {
        var href = new StringBuilder(request.url()).append(request.path()).append('?');
        request.query().forEach((key, values) -> {
            if (key.equals("marker") || key.equals("page_reverse")) return;
            for (var value : values)
                href.append(encoded(key)).append('=').append(encoded(value)).append('&');
        });
        href.append("marker=").append(encoded(marker));
        if (reverse) href.append("&page_reverse=True");
        links.addObject().put("rel", rel).put("href", href.toString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
