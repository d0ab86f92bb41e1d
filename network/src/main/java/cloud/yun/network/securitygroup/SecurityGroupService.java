package cloud.yun.network.securitygroup;

import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.rbac.Grants;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// The rules of security groups.
public final class SecurityGroupService extends Resource<SecurityGroup> {
    public static final Shape SHAPE = new Shape(
                    "security_group",
                    "security_groups",
                    "SecurityGroupNotFound",
                    "Security group %s does not exist",
                    shown("id").column("id"),
                    of("name", Values.text(255)).standard("").column("name"),
                    of("stateful", Values.bool()).standard(true).flag("stateful"),
                    shown("tenant_id").column("project_id"),
                    shown("project_id").column("project_id"),
                    of("description", Values.text(255)).standard("").column("description"),
                    shown("shared"),
                    shown("security_group_rules"),
                    shown("tags"),
                    shown("created_at").number("created_at"),
                    shown("updated_at").number("updated_at"),
                    shown("revision_number").number("revision"))
            .filter("shared", SecurityGroupService::byShared);

    /// Granted to everybody or to somebody.
    private static void byShared(Select select, List<String> values) {
        var granted = "EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = security_group.id)";
        for (var value : values)
            select.where(
                    Values.bool().apply("shared", StringNode.valueOf(value)).asBoolean() ? granted : "NOT " + granted);
    }

    private final SecurityGroups groups;

    public SecurityGroupService(Common common, SecurityGroups groups) {
        super(common, SHAPE);
        this.groups = groups;
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        groups.standard(tx, draft.projectId());
        if (draft.text("name").equals("default"))
            throw new Conflict("Default security group already exists.", "SecurityGroupDefaultAlreadyExists");
        common.take(tx, draft.projectId(), "security_group", 1);
        common.take(tx, draft.projectId(), "security_group_rule", 2);
        var now = common.now();
        var group = new SecurityGroup(
                common.id(),
                draft.projectId(),
                draft.text("name"),
                draft.flag("stateful"),
                false,
                Standard.fresh(draft.text("description"), 1, now));
        var store = new SecurityGroupStore(tx);
        store.insert(group);
        for (var type : List.of("IPv4", "IPv6"))
            store.insert(Rule.all(common.id(), group.projectId(), group.id(), "egress", type, false, now));
        var object = rendered(tx, caller, List.of(group)).getFirst();
        common.emit(tx, caller, SHAPE, "create", group.projectId(), group.id(), object.deepCopy());
        return object;
    }

    /// Shows the project's default group too, so it is made if it is not there.
    @Override
    public List<ObjectNode> list(Caller caller, ListQuery query) {
        caller.project().ifPresent(p -> {
            boolean missing = common.db()
                    .read(tx -> new SecurityGroupStore(tx).standardId(p.id()))
                    .isEmpty();
            if (missing) common.db().write(tx -> groups.standard(tx, p.id()));
        });
        return super.list(caller, query);
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.project(seen.projectId()));
            seen.standard().constrain(revision);
            var store = new SecurityGroupStore(tx);
            var name = changes.path("name").asString(seen.name());
            if (seen.isDefault() && !name.equals(seen.name()))
                throw new Conflict("Updating default security group not allowed.", "SecurityGroupCannotUpdateDefault");
            if (!seen.isDefault() && name.equals("default"))
                throw new Conflict("Default security group already exists.", "SecurityGroupDefaultAlreadyExists");
            boolean stateful = changes.path("stateful").asBoolean(seen.stateful());
            if (stateful != seen.stateful() && store.used(id)) throw inUse(id, "in use");
            store.update(
                    id,
                    name,
                    changes.path("description").asString(seen.standard().description()),
                    stateful,
                    common.now());
            var object =
                    rendered(tx, caller, List.of(store.find(id).orElseThrow())).getFirst();
            common.emit(tx, caller, SHAPE, "update", seen.projectId(), id, object.deepCopy());
            return object;
        });
    }

    private static Conflict inUse(String id, String reason) {
        return new Conflict("Security Group " + id + " " + reason + ".", "SecurityGroupInUse");
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            seen.standard().constrain(revision);
            var store = new SecurityGroupStore(tx);
            if (store.used(id)) throw inUse(id, "in use");
            if (seen.isDefault() && !common.guard().all(caller))
                throw new Conflict(
                        "Insufficient rights for removing default security group.", "SecurityGroupCannotRemoveDefault");
            // Rules of other groups that let this one's members in go with it; their ports must hear.
            new PortStore(tx)
                    .pluggedNaming(id)
                    .forEach((port, host) -> common.dirty().mark(tx, Dirty.Kind.PORT, port, host, ""));
            store.named(id).forEach((project, n) -> common.give(tx, project, "security_group_rule", n));
            common.give(tx, seen.projectId(), "security_group_rule", store.rules(id));
            common.give(tx, seen.projectId(), "security_group", 1);
            Standard.dropTags(tx, id);
            new Grants(common).gone(tx, id);
            store.delete(id);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    @Override
    protected Optional<SecurityGroup> find(Tx tx, String id) {
        return new SecurityGroupStore(tx).find(id);
    }

    @Override
    protected List<SecurityGroup> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new SecurityGroupStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, SecurityGroup row) {
        return Target.project(row.projectId()).with("shared", shared(tx, caller, row.id()));
    }

    private static boolean shared(Tx tx, Caller caller, String id) {
        return new SecurityGroupStore(tx)
                .shared(id, caller.project().map(Caller.Project::id).orElse(""));
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<SecurityGroup> list) {
        var ids = list.stream().map(SecurityGroup::id).toList();
        var rules = new SecurityGroupStore(tx).rulesOf(ids);
        var tags = Standard.tags(tx, ids);
        return list.stream()
                .map(g -> {
                    var object = Json.object()
                            .put("id", g.id())
                            .put("name", g.name())
                            .put("stateful", g.stateful())
                            .put("tenant_id", g.projectId());
                    object.put("description", g.standard().description());
                    object.put(
                            "shared",
                            !caller.project()
                                            .map(p -> p.id().equals(g.projectId()))
                                            .orElse(false)
                                    && shared(tx, caller, g.id()));
                    var array = object.putArray("security_group_rules");
                    for (var rule : rules.getOrDefault(g.id(), List.of())) array.add(rule.render());
                    return g.standard().into(object, tags.getOrDefault(g.id(), List.of()), g.projectId());
                })
                .toList();
    }

    /// @throws Forbidden it belongs to somebody else
    static void own(Common common, Caller caller, SecurityGroup group) {
        if (!common.guard().all(caller) && !group.projectId().equals(caller.projectId()))
            throw SHAPE.notFound(group.id());
    }
}
