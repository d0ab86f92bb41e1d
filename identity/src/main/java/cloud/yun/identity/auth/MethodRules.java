package cloud.yun.identity.auth;

import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserOptions;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Which methods together are enough for a user: the options `multi_factor_auth_rules` and
/// `multi_factor_auth_enabled`.
///
/// Methods that do not work here do not count: a rule is what remains of it. A user whose rules name none that works
/// comes in by any method, so that nobody is locked out by the configuration.
final class MethodRules {
    private MethodRules() {}

    private static List<List<String>> of(User user, Set<String> working) {
        return UserOptions.of(user).methodRules().stream()
                .map(rule -> rule.stream().distinct().filter(working::contains).toList())
                .filter(rule -> !rule.isEmpty())
                .toList();
    }

    static boolean enough(User user, Set<String> working, Collection<String> passed) {
        var rules = of(user, working);
        return rules.isEmpty() || rules.stream().anyMatch(passed::containsAll);
    }

    /// @return the rules that what was passed so far is a part of
    static List<List<String>> open(User user, Set<String> working, Collection<String> passed) {
        return of(user, working).stream()
                .filter(rule -> rule.stream().anyMatch(passed::contains))
                .toList();
    }
}
