package cloud.yun.blockstorage.group;

import cloud.yun.blockstorage.group.GroupService.Shown;
import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/groups`, since 3.13.
public final class GroupRoutes {
    private static final String ALL = "/v3/groups";
    private static final String ONE = ALL + "/{id}";
    static final Map<String, String> SORTS = Map.of(
            "id",
            "id",
            "name",
            "COALESCE(name, '')",
            "status",
            "status",
            "created_at",
            "created_at",
            "project_id",
            "project_id");
    private static final Set<String> FOR_ADMINS = Set.of(
            "id",
            "name",
            "status",
            "project_id",
            "user_id",
            "group_type_id",
            "availability_zone",
            "group_snapshot_id",
            "source_group_id");

    private final GroupService groups;
    private final Policy policy;

    public GroupRoutes(GroupService groups, Policy policy) {
        this.groups = groups;
        this.policy = policy;
    }

    public List<Route> routes() {
        var all = new ArrayList<>(List.of(
                Route.get(ALL, r -> list(r, false)).policy("group:get_all").since("3.13"),
                Route.get(ALL + "/detail", r -> list(r, true))
                        .policy("group:get_all")
                        .since("3.13"),
                Route.post(ALL, this::create)
                        .policy("group:create")
                        .since("3.13")
                        .schema("schema/block-storage/group-create.json"),
                Route.action(ALL + "/action", "create-from-src", this::createFrom)
                        .policy("group:create")
                        .since("3.14")
                        .schema("schema/block-storage/group-create-from-src.json"),
                Route.get(ONE, this::show).policyOnObject("group:get").since("3.13"),
                Route.put(ONE, this::update)
                        .policyOnObject("group:update")
                        .since("3.13")
                        .schema("schema/block-storage/group-update.json"),
                Route.action(ONE + "/action", "delete", this::delete)
                        .policyOnObject("group:delete")
                        .since("3.13")
                        .schema("schema/block-storage/group-delete.json"),
                Route.action(ONE + "/action", "reset_status", this::resetStatus)
                        .policyOnObject("group:reset_status")
                        .since("3.20")
                        .schema("schema/block-storage/group-reset_status.json")));
        for (var action : List.of(
                "enable_replication", "disable_replication", "failover_replication", "list_replication_targets"))
            all.add(Route.action(ONE + "/action", action, r -> replicate(r, action))
                    .policyOnObject("group:" + action)
                    .since("3.38"));
        return all;
    }

    private Reply list(Request r, boolean detailed) {
        var query = ListQuery.of(r, SORTS);
        boolean all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var found = groups.list(query, select -> filtered(r, query, select, all));
        var body = Json.object();
        var list = body.putArray("groups");
        found.forEach(s -> list.add(detailed ? detail(r, s) : summary(s.group())));
        query.addNext(body, r, "groups", found.stream().map(s -> s.group().id()).toList());
        return Reply.ok(body);
    }

    private static Select filtered(Request r, ListQuery query, Select select, boolean all) {
        if (!all) select.where("project_id = ?", r.caller().projectId());
        query.filters().forEach((name, value) -> {
            if (name.equals("list_volume")) return;
            if (!r.caller().admin() && !name.equals("name") && r.microversion().atLeast("3.31"))
                throw new Invalid("Invalid filters " + name + " are found in query options.");
            if (FOR_ADMINS.contains(name)) select.where(name + " = ?", value);
            else select.where("1 = 0");
        });
        return select;
    }

    private Reply create(Request r) {
        var body = r.object("group");
        var types = new ArrayList<String>();
        body.path("volume_types").forEach(t -> types.add(t.asString("")));
        var made = groups.create(
                r.caller(),
                Bodies.label(body, "name", "name"),
                Bodies.label(body, "description", "description"),
                Bodies.text(body, "group_type").orElse(""),
                types,
                Bodies.text(body, "availability_zone").filter(z -> !z.isEmpty()));
        return Reply.accepted(Json.object().set("group", summary(made)));
    }

    private Reply createFrom(Request r) {
        var body = r.object("create-from-src");
        var made = groups.createFrom(
                r.caller(),
                Bodies.label(body, "name", "name"),
                Bodies.label(body, "description", "description"),
                Bodies.uuid(body, "group_snapshot_id"),
                Bodies.uuid(body, "source_group_id"));
        return Reply.accepted(Json.object().set("group", summary(made)));
    }

    private Reply show(Request r) {
        return Reply.ok(Json.object().set("group", detail(r, groups.get(r.caller(), r.variable("id")))));
    }

    private Reply update(Request r) {
        var body = r.object("group");
        groups.update(
                r.caller(),
                r.variable("id"),
                Bodies.label(body, "name", "name").filter(n -> !n.isEmpty()),
                Bodies.label(body, "description", "description").filter(d -> !d.isEmpty()),
                ids(body, "add_volumes"),
                ids(body, "remove_volumes"));
        return Reply.accepted();
    }

    /// `uuid-1,uuid-2`
    private static List<String> ids(JsonNode body, String key) {
        return List.of(Bodies.text(body, key).orElse("").split(",")).stream()
                .map(String::strip)
                .filter(i -> !i.isEmpty())
                .toList();
    }

    private Reply delete(Request r) {
        groups.delete(
                r.caller(), r.variable("id"), Bodies.truth(r.object("delete").path("delete-volumes")));
        return Reply.accepted();
    }

    private Reply resetStatus(Request r) {
        groups.resetStatus(r.caller(), r.variable("id"), status(r));
        return Reply.accepted();
    }

    static GroupStatus status(Request r) {
        var wire = Bodies.text(r.object("reset_status"), "status").orElse("").toLowerCase(Locale.ROOT);
        return GroupStatus.of(wire)
                .orElseThrow(() -> new Invalid("Invalid input for field/attribute status. Value: " + wire
                        + ". Group status: " + wire + " is invalid."));
    }

    private Reply replicate(Request r, String action) {
        groups.replicate(r.caller(), r.variable("id"), action);
        return Reply.accepted();
    }

    private static ObjectNode summary(Group g) {
        return Json.object().put("id", g.id()).put("name", g.name().orElse(null));
    }

    private ObjectNode detail(Request r, Shown shown) {
        var g = shown.group();
        var body = Json.object()
                .put("id", g.id())
                .put("status", g.status().wire())
                .put("availability_zone", g.zone())
                .put("created_at", Times.microsWithoutZone(g.createdAt()))
                .put("name", g.name().orElse(null))
                .put("description", g.description().orElse(null))
                .put("group_type", g.typeId());
        g.volumeTypes().forEach(body.putArray("volume_types")::add);
        var version = r.microversion();
        if (version.atLeast("3.14"))
            body.put("group_snapshot_id", g.snapshotId().orElse(null))
                    .put("source_group_id", g.sourceId().orElse(null));
        if (version.atLeast("3.25") && ListQuery.flag(r, "list_volume"))
            shown.volumes().forEach(body.putArray("volumes")::add);
        if (version.atLeast("3.38")) body.put("replication_status", "disabled");
        boolean attributes = policy.allows(r.caller(), "group:group_project_attribute", Target.project(g.projectId()));
        if (version.atLeast("3.58") && attributes) body.put("project_id", g.projectId());
        return body;
    }
}
