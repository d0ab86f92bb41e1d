package cloud.yun.identity.token;

import cloud.yun.identity.role.Role;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// What one kind of delegation makes of a token. Asked whenever such a token is issued or validated, so what the
/// delegation rests on is looked at each time.
public interface DelegationRule<D extends Delegation> {
    Class<D> kind();

    /// @param bearer the user of the payload, who is enabled
    /// @return `user` also gets checked: it and its domain must be enabled
    /// @throws Unauthorized the delegation is gone, has expired, or belongs to somebody else
    Delegated read(Tx tx, D delegation, TokenPayload payload, User bearer, Instant now);

    /// @param user for whom the token speaks: the bearer, or whom the bearer may impersonate
    /// @param roles of the token on its scope, implied ones included; `OwnedRoles` knows whose are whose
    /// @param only the calls that the token is good for; empty for all
    /// @param show adds what the token's body says of the delegation
    record Delegated(User user, List<Role> roles, List<Caller.AccessRule> only, Consumer<ObjectNode> show) {
        public Delegated(User user, List<Role> roles, Consumer<ObjectNode> show) {
            this(user, roles, List.of(), show);
        }
    }
}
