package cloud.yun.identity.endpointpolicy;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of policies. This room keeps them; it does not read them.
public final class Policies {
    private static final Set<String> KNOWN = Set.of("id", "type", "blob", "links");

    private final Workbench bench;

    public Policies(Workbench bench) {
        this.bench = bench;
    }

    Filters.Page<PolicyDocument> list(Caller caller, Filters filters) {
        bench.policy().require(caller, "identity:list_policies");
        return filters.cut(bench.db().read(tx -> new PolicyStore(tx).list(filters)), PolicyDocument::id);
    }

    /// @throws NotFound no such policy
    PolicyDocument get(Caller caller, String id) {
        bench.policy().require(caller, "identity:get_policy");
        return bench.db().read(tx -> there(tx, id));
    }

    static PolicyDocument there(Tx tx, String id) {
        return new PolicyStore(tx).find(id).orElseThrow(() -> Words.notFound("policy", id));
    }

    PolicyDocument create(Caller caller, ObjectNode body) {
        bench.policy().require(caller, "identity:create_policy");
        var policy = new PolicyDocument(
                bench.ids().next(),
                body.path("type").asString(),
                body.path("blob").asString(),
                Fields.extra(body, KNOWN));
        bench.db().write(tx -> {
            new PolicyStore(tx).insert(policy);
            bench.tell(tx, caller, "policy", "created", policy.id());
        });
        return policy;
    }

    PolicyDocument update(Caller caller, String id, ObjectNode body) {
        bench.policy().require(caller, "identity:update_policy");
        return bench.db().transaction(tx -> {
            var old = there(tx, id);
            var next = new PolicyDocument(
                    id,
                    Fields.text(body, "type").orElse(old.type()),
                    Fields.text(body, "blob").orElse(old.blob()),
                    Fields.merge(old.extra(), Fields.extra(body, KNOWN)));
            new PolicyStore(tx).update(next);
            bench.tell(tx, caller, "policy", "updated", id);
            return next;
        });
    }

    void delete(Caller caller, String id) {
        bench.policy().require(caller, "identity:delete_policy");
        bench.db().write(tx -> {
            there(tx, id);
            new PolicyStore(tx).delete(id);
            bench.tell(tx, caller, "policy", "deleted", id);
        });
    }
}
