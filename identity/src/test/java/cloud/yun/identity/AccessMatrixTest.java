package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.base.IdentityPolicy;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Scope;
import cloud.yun.kernel.policy.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every route, asked by every role in every scope: what is answered is what the rule says of the objects that the
/// path names. The outcome is `docs/identity-access.md`; run with the environment variable YUN_PRINT=1 to print it
/// anew.
class AccessMatrixTest {
    private static final String REFUSED = "You are not authorized to perform the requested action";

    @TempDir(factory = QuickDirectory.class)
    Path directory;

    private AccessWorld world;
    private final Policy rules =
            new Policy(IdentityPolicy.defaults(), Scope.read("policy/identity-scopes.yaml"), Optional.empty());

    /// What rules may name of the objects behind a request. The product finds this out for itself: this is the
    /// second opinion.
    private Target target(Route route, Caller caller) {
        var own = caller.domain().map(Caller.Domain::id).orElse(null);
        var domain = world.ids.get("domain_id");
        var user = world.ids.get("user_id");
        var project = world.ids.get("project_id");
        var path = route.path();
        boolean creates = route.method().equals("POST");
        var target = Target.NONE.with("target.domain_id", own);
        if (path.contains("{user_id}"))
            target = target.with("user_id", user)
                    .with("target.user.id", user)
                    .with("target.user.domain_id", domain)
                    .with("target.credential.user_id", user);
        if (path.contains("{group_id}")) target = target.with("target.group.domain_id", domain);
        if (path.contains("{project_id}"))
            target = target.with("target.project.id", project)
                    .with("target.project.domain_id", domain)
                    .with("target.inherited", path.contains("OS-INHERIT"));
        if (path.contains("{domain_id}")) target = target.with("target.domain.id", domain);
        if (path.contains("{role_id}"))
            target = target.with("target.role.name", "member").with("target.role.domain_id", "None");
        if (path.contains("{credential_id}")) target = target.with("target.credential.user_id", user);
        if (path.contains("{limit_id}"))
            target = target.with("target.limit.project_id", project).with("target.limit.project.domain_id", domain);
        if (path.contains("{trust_id}") || (path.endsWith("/trusts") && creates))
            target = target.with("target.trust.trustor_user_id", user)
                    .with("target.trust.trustee_user_id", world.ids.get("trustee_id"));
        return switch (path) {
            case "/v3/auth/tokens" -> target.with("target.token.user_id", user);
            case "/v3/users" -> target.with("target.user.domain_id", creates ? domain : null);
            case "/v3/projects" -> target.with("target.project.domain_id", creates ? domain : null);
            case "/v3/groups" -> target.with("target.group.domain_id", creates ? domain : own);
            case "/v3/domains" -> target.with("target.domain.id", creates ? null : own);
            case "/v3/credentials" -> target.with("target.credential.user_id", creates ? user : caller.userId());
            default -> target;
        };
    }

    private record Line(Route route, LinkedHashMap<String, List<String>> allowed) {
        String text() {
            var cells = new ArrayList<String>();
            for (var scope : AccessWorld.SCOPES) cells.add(cell(allowed.getOrDefault(scope, List.of())));
            var rule = route.rule().orElse("").replace("identity:", "");
            return "| " + route.method() + " `" + route.path() + "` | " + rule + " | " + String.join(" | ", cells)
                    + " |";
        }

        private static String cell(List<String> roles) {
            if (roles.isEmpty()) return "-";
            if (roles.size() == AccessWorld.ROLES.size()) return "all";
            return String.join(", ", roles);
        }
    }

    @Test
    void access_whenEveryRoleAsksEveryRouteInEveryScope_isWhatTheRulesSay() throws IOException {
        try (var house = House.sqlite(directory)) {
            world = new AccessWorld(house);
            var askers = world.askers();
            var authenticator = house.module.authenticator();
            var lines = new ArrayList<Line>();
            var wrong = new ArrayList<String>();
            for (var route : house.module.routes()) {
                if (route.access() == Route.Access.OPEN) continue;
                var allowed = new LinkedHashMap<String, List<String>>();
                for (var asker : askers) {
                    var caller = authenticator.authenticate(asker.token()).orElseThrow();
                    boolean wanted = rules.allows(caller, route.rule().orElseThrow(), target(route, caller));
                    var answer = world.ask(route, asker);
                    // A HEAD tells no reason. Elsewhere 403 may also say that a thing cannot be changed at all.
                    boolean byRule =
                            route.method().equals("HEAD") || answer.message().startsWith(REFUSED);
                    boolean got = answer.status() != 403 || !byRule;
                    if (answer.status() == 401 || answer.status() >= 500 || wanted != got)
                        wrong.add(asker.scope() + " " + asker.role() + ": " + route.method() + " " + route.path()
                                + (wanted ? " should pass: " : " should be refused: ") + answer.status() + " "
                                + answer.body());
                    if (got)
                        allowed.computeIfAbsent(asker.scope(), _ -> new ArrayList<>())
                                .add(asker.role());
                    if (answer.status() < 300 && !List.of("GET", "HEAD").contains(route.method())) world.restore();
                }
                lines.add(new Line(route, allowed));
            }
            assertThat(wrong).isEmpty();
            compare(page(lines));
        }
    }

    private static String page(List<Line> lines) {
        var text = new StringBuilder("""
                # Who may call what in identity

                Printed by `AccessMatrixTest`, which asks every route with every role in every scope and compares the answers
                with the rules (`policy/identity.yaml` and `policy/identity-scopes.yaml`: upstream's names and defaults). Columns are the scope of the token:
                none; the project that the path names or a project of the domain; another project of that domain; the domain;
                another domain; the system; and the user that the path names, with a role without rights. Cells name the roles that pass; `yes`
                is a token for which roles do not count, `nothing` is a role without rights. Roles imply others: admin, manager,
                member, reader in this order.

                """);
        text.append("| call | rule | ")
                .append(String.join(" | ", AccessWorld.SCOPES))
                .append(" |\n|---|---");
        AccessWorld.SCOPES.forEach(_ -> text.append("|---"));
        text.append("|\n");
        lines.sort(Comparator.comparing((Line l) -> l.route().path())
                .thenComparing(l -> l.route().method()));
        for (var line : lines) text.append(line.text()).append('\n');
        return text.toString();
    }

    private static void compare(String page) throws IOException {
        var root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/operations.md")))
            root = java.util.Objects.requireNonNull(root.getParent());
        var file = root.resolve("docs/identity-access.md");
        if (System.getenv("YUN_PRINT") != null) Files.writeString(file, page);
        assertThat(file).exists();
        assertThat(page).isEqualTo(Files.readString(file));
    }
}
