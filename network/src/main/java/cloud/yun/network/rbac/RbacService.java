package cloud.yun.network.rbac;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Values;
import cloud.yun.network.network.NetworkStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The rules of RBAC policies: networks (shared, external); security groups, subnet pools, address scopes and address
/// groups (shared).
public final class RbacService extends Resource<Grant> {
    private static final Map<String, List<String>> ACTIONS = Map.of(
            "network", List.of("access_as_shared", "access_as_external"),
            "security_group", List.of("access_as_shared"),
            "subnetpool", List.of("access_as_shared"),
            "address_scope", List.of("access_as_shared"),
            "address_group", List.of("access_as_shared"));

    public static final Shape SHAPE = new Shape(
            "rbac_policy",
            "rbac_policies",
            "RbacPolicyNotFound",
            "RBAC policy of type rbac-policies with ID %s not found",
            shown("id").column("id"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            fixed("object_type", Values.any()).mandatory().column("object_type"),
            fixed("object_id", Values.uuid()).mandatory().column("object_id"),
            of("target_tenant", Values.notEmpty(255)).mandatory().column("target_project"),
            fixed("action", Values.text(255)).mandatory().column("action"));

    public RbacService(Common common) {
        super(common, SHAPE);
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        var type = draft.text("object_type");
        var objectId = draft.text("object_id");
        var action = draft.text("action");
        if (!ACTIONS.getOrDefault(type, List.of()).contains(action))
            throw Values.operation("Invalid action '" + action + "' for object type '" + type + "'. Valid actions: "
                    + String.join(", ", ACTIONS.getOrDefault(type, List.of())) + ".");
        var owner = new RbacStore(tx).owner(type, objectId);
        if (owner.isEmpty()
                || (!owner.get().equals(caller.projectId()) && !common.guard().all(caller)))
            throw NotFound.typed(type + " " + objectId + " could not be found.", "ObjectNotFound");
        common.take(tx, draft.projectId(), "rbac_policy", 1);
        var grant = new Grant(common.id(), draft.projectId(), type, objectId, action, draft.text("target_tenant"));
        if (!new RbacStore(tx).insert(grant))
            throw new Conflict("An RBAC policy already exists with those values.", "DuplicateRbacPolicy");
        if (action.equals(Grants.EXTERNAL)) new NetworkStore(tx).external(objectId, true);
        common.emit(tx, caller, SHAPE, "create", grant.projectId(), grant.id(), render(grant));
        return render(grant);
    }

    @Override
    protected void check(Caller caller, Draft draft) {
        if (!ACTIONS.containsKey(draft.text("object_type")))
            throw Values.operation("'" + draft.text("object_type") + "' is not a valid RBAC object type.");
        common.guard()
                .create(
                        caller,
                        SHAPE,
                        draft,
                        Target.project(draft.projectId()).with("target_tenant", draft.text("target_tenant")));
    }

    @Override
    protected Optional<Grant> find(Tx tx, String id) {
        return new RbacStore(tx).find(id);
    }

    @Override
    protected List<Grant> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new RbacStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, Grant row) {
        return Target.project(row.projectId());
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<Grant> rows) {
        return rows.stream().map(RbacService::render).toList();
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            var target = changes.path("target_tenant").asString(seen.target());
            common.guard()
                    .update(
                            caller,
                            SHAPE,
                            changes,
                            Target.project(seen.projectId()).with("target_tenant", target));
            needed(tx, seen);
            var store = new RbacStore(tx);
            if (store.doubled(seen, target))
                throw new Conflict("An RBAC policy already exists with those values.", "DuplicateRbacPolicy");
            store.target(id, target);
            return render(visible(tx, caller, id));
        });
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            needed(tx, seen);
            var store = new RbacStore(tx);
            store.delete(id);
            common.give(tx, seen.projectId(), "rbac_policy", 1);
            if (seen.action().equals(Grants.EXTERNAL) && !store.granted(seen.objectId(), Grants.EXTERNAL))
                new NetworkStore(tx).external(seen.objectId(), false);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    /// A grant that somebody relies on cannot be taken away.
    private static void needed(Tx tx, Grant grant) {
        if (new RbacStore(tx).needed(grant))
            throw new Conflict(
                    "RBAC policy on object " + grant.objectId()
                            + " cannot be removed because other objects depend on it.",
                    "RbacPolicyInUse");
    }

    private static ObjectNode render(Grant g) {
        return Json.object()
                .put("id", g.id())
                .put("project_id", g.projectId())
                .put("action", g.action())
                .put("object_id", g.objectId())
                .put("target_tenant", g.target())
                .put("object_type", g.type())
                .put("tenant_id", g.projectId());
    }
}
