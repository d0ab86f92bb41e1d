package cloud.yun.identity.credential;

import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Map;

/// The rules about access rules: they come with application credentials, are shared by them, and outlive them.
public final class AccessRules {
    private final Workbench bench;
    private final DelegationBounds bounds;

    public AccessRules(Workbench bench, DelegationBounds bounds) {
        this.bench = bench;
        this.bounds = bounds;
    }

    private void permit(Caller caller, String rule, String userId) {
        bench.policy().require(caller, rule, Target.of("target.user.id", userId).with("user_id", userId));
        bounds.requireNoTrust(caller);
    }

    List<AccessRule> list(Caller caller, String userId, Map<String, String> filters) {
        permit(caller, "identity:list_access_rules", userId);
        return bench.db().read(tx -> new AccessRuleStore(tx).ofUser(userId, filters));
    }

    /// @throws NotFound the user has no such rule
    AccessRule get(Caller caller, String policy, String userId, String id) {
        permit(caller, policy, userId);
        return bench.db()
                .read(tx -> new AccessRuleStore(tx).find(userId, id))
                .orElseThrow(() -> Words.notFound("Access Rule", id));
    }

    /// @throws Forbidden an application credential carries it
    void delete(Caller caller, String userId, String id) {
        get(caller, "identity:delete_access_rule", userId, id);
        bench.db().write(tx -> {
            var store = new AccessRuleStore(tx);
            if (store.inUse(id)) throw new Forbidden("May not delete access rule in use");
            store.delete(id);
            bench.tell(tx, caller, "access_rule", "deleted", id);
        });
    }
}
