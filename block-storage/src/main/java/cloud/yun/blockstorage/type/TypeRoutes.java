package cloud.yun.blockstorage.type;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/types`, their extra specs and who may use private ones.
public final class TypeRoutes {
    private static final String ONE = "/v3/types/{id}";
    private static final String SPECS = ONE + "/extra_specs";
    private static final String RULE = "volume_extension:";

    /// The extra specs that projects may see; the others tell of back ends.
    private static final Set<String> FOR_ALL =
            Set.of("RESKEY:availability_zones", "multiattach", "replication_enabled");

    private final TypeService types;
    private final Policy policy;

    public TypeRoutes(TypeService types, Policy policy) {
        this.types = types;
        this.policy = policy;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/types", this::list).policy(RULE + "type_get_all"),
                Route.post("/v3/types", this::create)
                        .policy(RULE + "type_create")
                        .schema("schema/block-storage/type-create.json"),
                Route.get("/v3/types/default", r -> answer(r, types.getDefault(r.caller()), false))
                        .policy(RULE + "type_get"),
                Route.get(ONE, r -> answer(r, types.get(r.caller(), r.variable("id")), true))
                        .policy(RULE + "type_get"),
                Route.put(ONE, this::update)
                        .policy(RULE + "type_update")
                        .schema("schema/block-storage/type-update.json"),
                Route.delete(ONE, this::delete).policy(RULE + "type_delete"),
                Route.get(SPECS, this::specs).policy(RULE + "types_extra_specs:index"),
                Route.post(SPECS, this::addSpecs)
                        .policy(RULE + "types_extra_specs:create")
                        .schema("schema/block-storage/extra-specs.json"),
                Route.get(SPECS + "/{key}", this::spec).policy(RULE + "types_extra_specs:show"),
                Route.put(SPECS + "/{key}", this::putSpec)
                        .policy(RULE + "types_extra_specs:update")
                        .schema("schema/block-storage/extra-spec.json"),
                Route.delete(SPECS + "/{key}", this::deleteSpec).policy(RULE + "types_extra_specs:delete"),
                Route.get(ONE + "/os-volume-type-access", this::access)
                        .policy(RULE + "volume_type_access:get_all_for_type"),
                Route.action(ONE + "/action", "addProjectAccess", r -> changeAccess(r, "addProjectAccess"))
                        .policy(RULE + "volume_type_access:addProjectAccess")
                        .schema("schema/block-storage/addProjectAccess.json"),
                Route.action(ONE + "/action", "removeProjectAccess", r -> changeAccess(r, "removeProjectAccess"))
                        .policy(RULE + "volume_type_access:removeProjectAccess")
                        .schema("schema/block-storage/removeProjectAccess.json"));
    }

    private Reply list(Request r) {
        var asked = r.query("is_public").map(v -> v.toLowerCase(Locale.ROOT));
        Optional<Boolean> isPublic = asked.isEmpty()
                ? Optional.of(true).filter(_ -> !r.caller().admin())
                : asked.filter(v -> !v.equals("none"))
                        .map(v -> List.of("true", "1", "yes").contains(v));
        var body = Json.object();
        var list = body.putArray("volume_types");
        var query = ListQuery.of(r, Map.of("id", "id", "name", "name", "created_at", "created_at"));
        var wanted = filter(r, query.filters());
        var all = types.list(r.caller(), isPublic).stream().filter(wanted).toList();
        int from = query.marker()
                .map(m -> 1 + all.stream().map(VolumeType::id).toList().indexOf(m))
                .orElse(query.offset());
        var page = all.subList(Math.min(from, all.size()), Math.min(from + query.limit(), all.size()));
        page.forEach(t -> list.add(shown(r, t, true)));
        query.addNext(body, r, "volume_types", page.stream().map(VolumeType::id).toList());
        return Reply.ok(body);
    }

    /// Admins filter by what a type has; projects, from 3.52, by its extra specs.
    ///
    /// @throws Invalid a filter that a project may not use; before 3.52 it is passed over
    private static Predicate<VolumeType> filter(Request r, Map<String, String> filters) {
        Predicate<VolumeType> wanted = _ -> true;
        var invalid = new ArrayList<String>();
        boolean general = r.microversion().atLeast("3.52");
        for (var entry : filters.entrySet()) {
            var key = entry.getKey();
            var value = entry.getValue();
            if (key.equals("is_public")) continue;
            if (!r.caller().admin() && !(general && key.equals("extra_specs"))) {
                invalid.add(key);
                continue;
            }
            wanted = wanted.and(
                    switch (key) {
                        case "id" -> t -> t.id().equals(value);
                        case "name" -> t -> t.name().equals(value);
                        case "description" -> t -> t.description().equals(Optional.of(value));
                        case "extra_specs" -> {
                            var specs = ListQuery.pairs(value);
                            yield t -> has(t.extraSpecs(), specs);
                        }
                        // Cinder finds nothing by what it does not know.
                        default -> _ -> false;
                    });
        }
        if (general && !invalid.isEmpty())
            throw new Invalid("Invalid filters " + String.join(",", invalid) + " are found in query options.");
        return wanted;
    }

    /// The zones of a type are a list in one text.
    private static boolean has(Map<String, String> specs, Map<String, String> wanted) {
        return wanted.entrySet().stream().allMatch(w -> {
            var value = specs.get(w.getKey());
            if (value == null) return false;
            return w.getKey().equals("RESKEY:availability_zones")
                    ? value.contains(w.getValue())
                    : value.equals(w.getValue());
        });
    }

    private Reply answer(Request r, VolumeType type, boolean withAccess) {
        return Reply.ok(Json.object().set("volume_type", shown(r, type, withAccess)));
    }

    private ObjectNode shown(Request r, VolumeType t, boolean withAccess) {
        var body = Json.object()
                .put("id", t.id())
                .put("name", t.name())
                .put("is_public", t.isPublic())
                .put("description", t.description().orElse(null));
        if (policy.allows(r.caller(), RULE + "access_types_extra_specs")) body.set("extra_specs", visibleSpecs(r, t));
        if (policy.allows(r.caller(), RULE + "access_types_qos_specs_id"))
            body.put("qos_specs_id", t.qosId().orElse(null));
        if (withAccess && policy.allows(r.caller(), RULE + "volume_type_access"))
            body.put("os-volume-type-access:is_public", t.isPublic());
        return body;
    }

    private ObjectNode visibleSpecs(Request r, VolumeType t) {
        boolean all = policy.allows(r.caller(), RULE + "types_extra_specs:read_sensitive");
        var specs = Json.object();
        t.extraSpecs().forEach((k, v) -> {
            if (all || FOR_ALL.contains(k)) specs.put(k, v);
        });
        return specs;
    }

    private Reply create(Request r) {
        var body = r.object("volume_type");
        var name = Bodies.text(body, "name").map(String::strip).orElse("");
        if (name.isEmpty()) throw new Invalid("Volume type name can not be empty.");
        boolean isPublic = !body.has("os-volume-type-access:is_public")
                || Bodies.truth(body.path("os-volume-type-access:is_public"));
        var made = types.create(
                name,
                Bodies.text(body, "description"),
                isPublic,
                Bodies.texts(Bodies.objectOrEmpty(body, "extra_specs")));
        var answer = changed(made).put("os-volume-type-access:is_public", made.isPublic());
        return Reply.ok(Json.object().set("volume_type", answer));
    }

    /// What creating and updating answer, in another order than showing.
    private static ObjectNode changed(VolumeType t) {
        var body = Json.object().put("id", t.id()).put("name", t.name()).put("is_public", t.isPublic());
        body.set("extra_specs", ListQuery.texts(t.extraSpecs()));
        return body.put("description", t.description().orElse(null));
    }

    private Reply update(Request r) {
        var body = r.object("volume_type");
        var name = Bodies.text(body, "name").map(String::strip);
        if (name.filter(String::isEmpty).isPresent()) throw new Invalid("Volume type name can not be empty.");
        var description = Bodies.change(body, "description");
        Optional<Boolean> isPublic =
                body.has("is_public") ? Optional.of(Bodies.truth(body.path("is_public"))) : Optional.empty();
        if (name.isEmpty() && description.isEmpty() && isPublic.isEmpty())
            throw new Invalid("Specify volume type name, description, is_public or a combination thereof.");
        var done = types.update(r.caller(), r.variable("id"), new TypeService.Change(name, description, isPublic));
        return Reply.ok(Json.object().set("volume_type", changed(done)));
    }

    private Reply delete(Request r) {
        types.delete(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply specs(Request r) {
        var type = types.get(r.caller(), r.variable("id"));
        return Reply.ok(Json.object().set("extra_specs", visibleSpecs(r, type)));
    }

    private Reply addSpecs(Request r) {
        var specs = Bodies.texts(r.object("extra_specs"));
        types.putSpecs(r.caller(), r.variable("id"), specs);
        return Reply.ok(Json.object().set("extra_specs", ListQuery.texts(specs)));
    }

    private Reply spec(Request r) {
        var key = r.variable("key");
        var value = visibleSpecs(r, types.get(r.caller(), r.variable("id"))).get(key);
        if (value == null) throw TypeService.noSpec(r.variable("id"), key);
        return Reply.ok(Json.object().set(key, value));
    }

    private Reply putSpec(Request r) {
        var specs = Bodies.texts(r.body());
        if (!specs.containsKey(r.variable("key"))) throw new Invalid("Request body and URI mismatch");
        types.putSpecs(r.caller(), r.variable("id"), specs);
        return Reply.ok(ListQuery.texts(specs));
    }

    private Reply deleteSpec(Request r) {
        types.deleteSpec(r.caller(), r.variable("id"), r.variable("key"));
        return Reply.accepted();
    }

    private Reply access(Request r) {
        var body = Json.object();
        var list = body.putArray("volume_type_access");
        var id = r.variable("id");
        types.access(r.caller(), id)
                .forEach(p -> list.addObject().put("volume_type_id", id).put("project_id", p));
        return Reply.ok(body);
    }

    private Reply changeAccess(Request r, String action) {
        var project = Bodies.text(r.object(action), "project").orElse("");
        if (action.equals("addProjectAccess")) types.grant(r.caller(), r.variable("id"), project);
        else types.revoke(r.caller(), r.variable("id"), project);
        return Reply.accepted();
    }
}
