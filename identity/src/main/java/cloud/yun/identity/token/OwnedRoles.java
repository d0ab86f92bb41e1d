package cloud.yun.identity.token;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.kernel.db.Tx;
import java.util.List;

/// The roles that a user has by itself on what a token is scoped to.
public final class OwnedRoles {
    private OwnedRoles() {}

    public static List<Role> of(Tx tx, String userId, Scope scope) {
        var effective = new EffectiveRoles(tx);
        return switch (scope) {
            case Scope.Unscoped _ -> List.of();
            case Scope.Project p ->
                new ProjectStore(tx)
                        .find(p.id())
                        .map(found -> effective.onProject(userId, found))
                        .orElse(List.of());
            case Scope.Domain d -> effective.onDomain(userId, d.id());
            case Scope.System _ -> effective.onSystem(userId);
        };
    }

    /// @return the roles of `ids` and what they imply, as far as the user has them
    public static List<Role> among(Tx tx, String userId, Scope scope, List<String> ids) {
        var owned = of(tx, userId, scope);
        return new EffectiveRoles(tx)
                .implied(ids).stream()
                        .filter(r -> owned.stream().anyMatch(o -> o.id().equals(r.id())))
                        .toList();
    }
}
