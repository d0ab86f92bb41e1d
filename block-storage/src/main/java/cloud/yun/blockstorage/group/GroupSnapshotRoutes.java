package cloud.yun.blockstorage.group;

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
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/group_snapshots`, since 3.14.
public final class GroupSnapshotRoutes {
    private static final String ALL = "/v3/group_snapshots";
    private static final String ONE = ALL + "/{id}";
    private static final Set<String> FILTERS = Set.of("name", "status", "group_id");
    private static final Set<String> FOR_ADMINS =
            Set.of("id", "name", "status", "group_id", "group_type_id", "project_id", "user_id");

    private final GroupSnapshotService snapshots;
    private final Policy policy;

    public GroupSnapshotRoutes(GroupSnapshotService snapshots, Policy policy) {
        this.snapshots = snapshots;
        this.policy = policy;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, r -> list(r, false))
                        .policy("group:get_all_group_snapshots")
                        .since("3.14"),
                Route.get(ALL + "/detail", r -> list(r, true))
                        .policy("group:get_all_group_snapshots")
                        .since("3.14"),
                Route.post(ALL, this::create)
                        .policyOnObject("group:create_group_snapshot")
                        .since("3.14")
                        .schema("schema/block-storage/group_snapshot-create.json"),
                Route.get(ONE, this::show)
                        .policyOnObject("group:get_group_snapshot")
                        .since("3.14"),
                Route.delete(ONE, this::delete)
                        .policyOnObject("group:delete_group_snapshot")
                        .since("3.14"),
                Route.action(ONE + "/action", "reset_status", this::resetStatus)
                        .policyOnObject("group:reset_group_snapshot_status")
                        .since("3.19")
                        .schema("schema/block-storage/group-reset_status.json"));
    }

    private Reply list(Request r, boolean detailed) {
        var query = ListQuery.of(r, GroupRoutes.SORTS);
        boolean all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var found = snapshots.list(query, select -> filtered(r, query, select, all));
        var body = Json.object();
        var list = body.putArray("group_snapshots");
        found.forEach(s -> list.add(
                detailed
                        ? detail(r, s)
                        : Json.object().put("id", s.id()).put("name", s.name().orElse(null))));
        query.addNext(
                body,
                r,
                "group_snapshots",
                found.stream().map(GroupSnapshot::id).toList());
        return Reply.ok(body);
    }

    private static Select filtered(Request r, ListQuery query, Select select, boolean all) {
        if (!all) select.where("project_id = ?", r.caller().projectId());
        query.filters().forEach((name, value) -> {
            var allowed = r.caller().admin() ? FOR_ADMINS : FILTERS;
            if (allowed.contains(name)) select.where(name + " = ?", value);
            else if (!r.caller().admin() && r.microversion().atLeast("3.31"))
                throw new Invalid("Invalid filters " + name + " are found in query options.");
            else if (r.caller().admin()) select.where("1 = 0");
        });
        return select;
    }

    private Reply create(Request r) {
        var body = r.object("group_snapshot");
        var made = snapshots.create(
                r.caller(),
                Bodies.uuid(body, "group_id").orElse(""),
                Bodies.label(body, "name", "name"),
                Bodies.label(body, "description", "description"));
        var answer = Json.object();
        answer.putObject("group_snapshot")
                .put("id", made.id())
                .put("name", made.name().orElse(null))
                .put("group_type_id", made.groupTypeId());
        return Reply.accepted(answer);
    }

    private Reply show(Request r) {
        return Reply.ok(Json.object().set("group_snapshot", detail(r, snapshots.get(r.caller(), r.variable("id")))));
    }

    private Reply delete(Request r) {
        snapshots.delete(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply resetStatus(Request r) {
        snapshots.resetStatus(r.caller(), r.variable("id"), GroupRoutes.status(r));
        return Reply.accepted();
    }

    private ObjectNode detail(Request r, GroupSnapshot s) {
        var body = Json.object()
                .put("id", s.id())
                .put("group_id", s.groupId())
                .put("group_type_id", s.groupTypeId())
                .put("status", s.status().wire())
                .put("created_at", Times.microsWithoutZone(s.createdAt()))
                .put("name", s.name().orElse(null))
                .put("description", s.description().orElse(null));
        boolean attributes =
                policy.allows(r.caller(), "group:group_snapshot_project_attribute", Target.project(s.projectId()));
        if (r.microversion().atLeast("3.58") && attributes) body.put("project_id", s.projectId());
        return body;
    }
}
