package cloud.yun.network.subnetpool;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Values;
import cloud.yun.network.rbac.Grants;
import cloud.yun.network.subnetpool.AddressScopeStore.AddressScope;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Address scopes: within one no two subnet pools overlap.
public final class AddressScopeService extends Resource<AddressScope> {
    public static final Shape SHAPE = new Shape(
            "address_scope",
            "address_scopes",
            "AddressScopeNotFound",
            "Address scope %s could not be found.",
            shown("id").column("id"),
            of("name", Values.text(255)).standard("").column("name"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            of("shared", Values.bool()).standard(false).flag("shared"),
            fixed("ip_version", Values.oneOf(4, 6)).mandatory().number("ip_version"));

    public AddressScopeService(Common common) {
        super(common, SHAPE);
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        var scope = new AddressScope(
                common.id(),
                draft.projectId(),
                draft.text("name"),
                draft.values().path("ip_version").asInt(),
                draft.flag("shared"));
        new AddressScopeStore(tx).insert(scope);
        common.emit(tx, caller, SHAPE, "create", scope.projectId(), scope.id(), render(scope));
        return render(scope);
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.project(seen.projectId()));
            boolean shared = changes.path("shared").asBoolean(seen.shared());
            if (seen.shared() && !shared)
                throw new Conflict(
                        "Unable to update address scope " + id + " : Shared address scope can't be unshared.",
                        "AddressScopeUpdateError");
            var store = new AddressScopeStore(tx);
            store.update(id, changes.path("name").asString(seen.name()), shared);
            return render(store.find(id).orElseThrow());
        });
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            if (!new SubnetPoolStore(tx).ofScope(id).isEmpty())
                throw new Conflict(
                        "Unable to complete operation on address scope " + id
                                + ". There are one or more subnet pools in use on the address scope.",
                        "AddressScopeInUse");
            new Grants(common).gone(tx, id);
            new AddressScopeStore(tx).delete(id);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    @Override
    protected Optional<AddressScope> find(Tx tx, String id) {
        return new AddressScopeStore(tx).find(id);
    }

    @Override
    protected List<AddressScope> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new AddressScopeStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, AddressScope row) {
        return Target.project(row.projectId()).with("shared", row.shared() || Grants.shared(tx, caller, row.id()));
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<AddressScope> rows) {
        return rows.stream().map(AddressScopeService::render).toList();
    }

    private static ObjectNode render(AddressScope s) {
        return Json.object()
                .put("id", s.id())
                .put("project_id", s.projectId())
                .put("name", s.name())
                .put("shared", s.shared())
                .put("ip_version", s.version())
                .put("tenant_id", s.projectId());
    }
}
