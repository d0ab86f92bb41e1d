package cloud.yun.kernel.policy;

import cloud.yun.kernel.auth.Caller;
import java.util.List;
import java.util.Optional;

/// A caller as the attributes that rules name, in the spelling of keystonemiddleware and of Keystone itself.
final class Credentials {
    private Credentials() {}

    static List<String> values(Caller caller, String attribute) {
        return switch (attribute) {
            case "user_id", "user" -> list(caller.user().map(Caller.User::id));
            case "project_id", "tenant_id", "project" -> list(caller.project().map(Caller.Project::id));
            case "domain_id", "token.domain.id" -> list(caller.domain().map(Caller.Domain::id));
            case "user_domain_id", "token.user.domain.id" ->
                list(caller.user().map(u -> u.domain().id()));
            case "project_domain_id", "token.project.domain.id" ->
                list(caller.project().map(p -> p.domain().id()));
            case "system_scope", "system" -> caller.systemScope() ? List.of("all", "True") : List.of();
            case "is_admin" -> List.of(caller.admin() ? "True" : "False");
            case "is_admin_project" -> List.of("True");
            case "roles" -> caller.roles().stream().map(Caller.Role::name).toList();
            default -> List.of();
        };
    }

    /// What is not set reads `None`, so that upstream's `not domain_id:None` asks whether it is set.
    private static List<String> list(Optional<String> value) {
        return List.of(value.orElse("None"));
    }
}
