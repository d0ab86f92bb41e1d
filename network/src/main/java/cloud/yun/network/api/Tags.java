package cloud.yun.network.api;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Tags of one kind of resource. Owns the table `network_tag`.
///
/// https://docs.openstack.org/api-ref/network/v2/#standard-attributes-tag-extension
public final class Tags {
    private static final int LENGTH_MAX = 255;

    private final Common common;
    private final Crud crud;
    private final String table;

    /// @param table a constant: where the resource's rows are
    public Tags(Common common, Crud crud, String table) {
        this.common = common;
        this.crud = crud;
        this.table = table;
    }

    public List<Route> routes() {
        var all = "/v2.0/" + crud.shape().path() + "/{id}/tags";
        var one = all + "/{tag}";
        return List.of(
                Route.get(all, this::list).policyOnObject(rule("get")),
                Route.put(all, this::replace).policyOnObject(rule("update")),
                Route.post(all, this::addAll).policyOnObject(rule("update")),
                Route.delete(all, this::clear).policyOnObject(rule("delete")),
                Route.get(one, this::has).policyOnObject(rule("get")),
                Route.put(one, this::add).policyOnObject(rule("update")),
                Route.delete(one, this::remove).policyOnObject(rule("delete")));
    }

    private String rule(String verb) {
        return verb + "_" + crud.shape().plural() + "_tags";
    }

    /// @return the object, which the caller sees and may do this with
    private String allowed(Request request, String verb) {
        ObjectNode object = crud.show(request.caller(), request.variable("id"));
        var target = Target.project(object.path("project_id").asString())
                .with("shared", object.path("shared").asBoolean(false))
                .with("router:external", object.path("router:external").asBoolean(false));
        common.guard().require(request.caller(), rule(verb), target);
        return object.path("id").asString();
    }

    private static List<String> of(Tx tx, String id) {
        return Standard.tags(tx, List.of(id)).getOrDefault(id, List.of());
    }

    private Reply list(Request request) {
        var id = allowed(request, "get");
        return tags(common.db().read(tx -> of(tx, id)));
    }

    private static Reply tags(Iterable<String> tags) {
        var body = Json.object();
        var array = body.putArray("tags");
        tags.forEach(array::add);
        return Reply.ok(body);
    }

    private static Set<String> wanted(Request request) {
        if (!request.body().path("tags").isArray())
            throw new Invalid("Invalid tags: 'tags' is a required property", "HTTPBadRequest");
        var wanted = new LinkedHashSet<String>();
        for (var tag : request.body().path("tags")) {
            if (!tag.isString()) throw Values.invalid("tags", "'" + tag + "' is not a valid string.");
            wanted.add(check(tag.stringValue()));
        }
        return wanted;
    }

    private static String check(String tag) {
        if (tag.isEmpty() || tag.length() > LENGTH_MAX)
            throw Values.invalid("tags", "'" + tag + "' exceeds maximum length of " + LENGTH_MAX + ".");
        return tag;
    }

    private Reply replace(Request request) {
        var id = allowed(request, "update");
        var wanted = wanted(request);
        common.db().write(tx -> {
            Standard.dropTags(tx, id);
            new StandardStore(tx).addTags(id, wanted);
            changed(tx, id);
        });
        return tags(wanted);
    }

    private Reply addAll(Request request) {
        var id = allowed(request, "update");
        var wanted = wanted(request);
        return tags(common.db().transaction(tx -> {
            new StandardStore(tx).addTags(id, wanted);
            changed(tx, id);
            return of(tx, id);
        }));
    }

    private void changed(Tx tx, String id) {
        Standard.bump(tx, table, id, common.now());
    }

    private Reply clear(Request request) {
        var id = allowed(request, "delete");
        common.db().write(tx -> {
            Standard.dropTags(tx, id);
            changed(tx, id);
        });
        return Reply.noContent();
    }

    private Reply has(Request request) {
        var id = allowed(request, "get");
        var tag = request.variable("tag");
        if (!common.db().read(tx -> of(tx, id)).contains(tag)) throw notFound(tag);
        return Reply.noContent();
    }

    private Reply add(Request request) {
        var id = allowed(request, "update");
        var tag = check(request.variable("tag"));
        common.db().write(tx -> {
            new StandardStore(tx).addTags(id, Set.of(tag));
            changed(tx, id);
        });
        return Reply.empty(201);
    }

    private Reply remove(Request request) {
        var id = allowed(request, "delete");
        var tag = request.variable("tag");
        common.db().write(tx -> {
            if (!new StandardStore(tx).removeTag(id, tag)) throw notFound(tag);
            changed(tx, id);
        });
        return Reply.noContent();
    }

    private static NotFound notFound(String tag) {
        return NotFound.typed("Tag " + tag + " could not be found.", "TagNotFound");
    }
}
