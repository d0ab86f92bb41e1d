package cloud.yun.identity.user;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The options of one user, which make exceptions from `[security_compliance]` and ask for more than one method.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/resource-options.html">resource options</a>
public record UserOptions(ObjectNode options) {
    public static UserOptions of(User user) {
        return new UserOptions(user.options());
    }

    private boolean on(String name) {
        return options.path(name).asBoolean(false);
    }

    boolean ignoresChangeUponFirstUse() {
        return on("ignore_change_password_upon_first_use");
    }

    boolean ignoresExpiry() {
        return on("ignore_password_expiry");
    }

    boolean ignoresLockout() {
        return on("ignore_lockout_failure_attempts");
    }

    boolean ignoresInactivity() {
        return on("ignore_user_inactivity");
    }

    /// The user cannot change its own password.
    boolean locksPassword() {
        return on("lock_password");
    }

    /// Alternatives: each is a list of methods that together are enough. Empty: any one method is.
    public List<List<String>> methodRules() {
        if (!options.path("multi_factor_auth_enabled").asBoolean(true)) return List.of();
        var rules = new ArrayList<List<String>>();
        for (var rule : options.path("multi_factor_auth_rules")) {
            var methods = new ArrayList<String>();
            for (var method : rule) methods.add(method.asString(""));
            if (!methods.isEmpty()) rules.add(methods);
        }
        return rules;
    }
}
