package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/group_types`, since 3.11.
public final class GroupTypeRoutes {
    private static final String ALL = "/v3/group_types";
    private static final String ONE = ALL + "/{id}";
    private static final String SPECS = ONE + "/group_specs";
    private static final String RULE = "group:group_types:";
    private static final String SPEC_RULE = "group:group_types_specs:";

    private final GroupTypeService types;
    private final Policy policy;

    public GroupTypeRoutes(GroupTypeService types, Policy policy) {
        this.types = types;
        this.policy = policy;
    }

    public List<Route> routes() {
        return List.of(
                        // Upstream has no rule for reading: whoever has a token may.
                        Route.get(ALL, this::list),
                        Route.get(ONE, r -> answer(r, 200, types.get(r.variable("id")))),
                        Route.post(ALL, this::create)
                                .policy(RULE + "create")
                                .schema("schema/block-storage/group_type-create.json"),
                        Route.put(ONE, this::update)
                                .policy(RULE + "update")
                                .schema("schema/block-storage/group_type-update.json"),
                        Route.delete(ONE, this::delete).policy(RULE + "delete"),
                        Route.get(SPECS, this::specs).policy(SPEC_RULE + "get_all"),
                        Route.post(SPECS, this::putSpecs)
                                .policy(SPEC_RULE + "create")
                                .schema("schema/block-storage/group_specs.json"),
                        Route.get(SPECS + "/{key}", this::spec).policy(SPEC_RULE + "get"),
                        Route.put(SPECS + "/{key}", this::putSpec)
                                .policy(SPEC_RULE + "update")
                                .schema("schema/block-storage/extra-spec.json"),
                        Route.delete(SPECS + "/{key}", this::deleteSpec).policy(SPEC_RULE + "delete"))
                .stream()
                .map(r -> r.since("3.11"))
                .toList();
    }

    private Reply list(Request r) {
        var asked = r.query("is_public").map(v -> v.toLowerCase(Locale.ROOT));
        Optional<Boolean> isPublic = asked.isEmpty()
                ? Optional.of(true)
                : asked.filter(v -> !v.equals("none"))
                        .map(v -> List.of("true", "1", "yes").contains(v));
        var query = ListQuery.of(r, Map.of("id", "id", "name", "name", "created_at", "created_at"));
        var found = types.list(r.caller(), query, isPublic);
        var body = Json.object();
        var list = body.putArray("group_types");
        found.forEach(t -> list.add(shown(r, t)));
        query.addNext(body, r, "group_types", found.stream().map(GroupType::id).toList());
        return Reply.ok(body);
    }

    private Reply create(Request r) {
        var body = r.object("group_type");
        return answer(
                r,
                202,
                types.create(
                        Bodies.text(body, "name").orElse("").strip(),
                        Bodies.text(body, "description"),
                        !body.has("is_public") || Bodies.truth(body.path("is_public")),
                        Bodies.texts(Bodies.objectOrEmpty(body, "group_specs"))));
    }

    private Reply update(Request r) {
        var body = r.object("group_type");
        return answer(
                r,
                200,
                types.update(
                        r.variable("id"),
                        Bodies.text(body, "name"),
                        Bodies.text(body, "description"),
                        body.has("is_public") ? Optional.of(Bodies.truth(body.path("is_public"))) : Optional.empty()));
    }

    private Reply delete(Request r) {
        types.delete(r.variable("id"));
        return Reply.accepted();
    }

    private Reply specs(Request r) {
        return Reply.ok(Json.object()
                .set("group_specs", ListQuery.texts(types.get(r.variable("id")).specs())));
    }

    private Reply putSpecs(Request r) {
        var specs = Bodies.texts(r.object("group_specs"));
        types.putSpecs(r.variable("id"), specs);
        return Reply.accepted(Json.object().set("group_specs", ListQuery.texts(specs)));
    }

    private Reply spec(Request r) {
        var key = r.variable("key");
        return Reply.ok(Json.object().put(key, types.spec(r.variable("id"), key)));
    }

    private Reply putSpec(Request r) {
        var specs = Bodies.texts(r.body());
        if (specs.size() != 1 || !specs.containsKey(r.variable("key")))
            throw new Invalid("Request body and URI mismatch");
        types.putSpecs(r.variable("id"), specs);
        return Reply.ok(ListQuery.texts(specs));
    }

    private Reply deleteSpec(Request r) {
        types.deleteSpec(r.variable("id"), r.variable("key"));
        return Reply.accepted();
    }

    private Reply answer(Request r, int status, GroupType t) {
        return Reply.json(status, Json.object().set("group_type", shown(r, t)));
    }

    private ObjectNode shown(Request r, GroupType t) {
        var body = Json.object()
                .put("id", t.id())
                .put("name", t.name())
                .put("description", t.description().orElse(null))
                .put("is_public", t.isPublic());
        if (policy.allows(r.caller(), "group:access_group_types_specs"))
            body.set("group_specs", ListQuery.texts(t.specs()));
        return body;
    }
}
