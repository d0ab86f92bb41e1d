package cloud.yun.kernel.auth;

import cloud.yun.kernel.error.CloudException.Forbidden;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The caller of a request, as its token says. An argument wherever it matters, never a thread-local.
///
/// @param user who; empty only for [#anonymous] and for the house's own work
/// @param project what the token is scoped to, if it is a project
/// @param domain what the token is scoped to, if it is a domain
/// @param systemScope `true` when the token is scoped to the whole system
/// @param roles with implied roles, in no order that means anything
/// @param requestId `req-` and a UUID; goes into answers, logs, flows and events
public record Caller(
        Optional<User> user,
        Optional<Project> project,
        Optional<Domain> domain,
        boolean systemScope,
        List<Role> roles,
        Optional<Token> token,
        String requestId) {
    public record Domain(String id, String name) {}

    public record User(String id, String name, Domain domain) {}

    public record Project(String id, String name, Domain domain) {}

    public record Role(String id, String name) {}

    /// A call that a token is kept to.
    ///
    /// @param service type of the service, for example `compute`
    /// @param path pattern: `*` and `{name}` stand for one segment, `**` for any number
    public record AccessRule(String service, String path, String method) {}

    /// @param id the token itself: a secret, never logged
    /// @param accessRules the only calls that it is good for; empty for all
    public record Token(
            String id,
            Instant issuedAt,
            Instant expiresAt,
            List<String> methods,
            List<String> auditIds,
            List<AccessRule> accessRules) {
        public Token(String id, Instant issuedAt, Instant expiresAt, List<String> methods, List<String> auditIds) {
            this(id, issuedAt, expiresAt, methods, auditIds, List.of());
        }

        @Override
        public String toString() {
            return "Token[" + auditIds + "]";
        }
    }

    public static Caller anonymous(String requestId) {
        return new Caller(
                Optional.empty(), Optional.empty(), Optional.empty(), false, List.of(), Optional.empty(), requestId);
    }

    /// The house itself, in flows and reconcilers: admin of everything, no user.
    public static Caller system(String requestId) {
        return new Caller(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                List.of(new Role("", "admin"), new Role("", "member"), new Role("", "reader")),
                Optional.empty(),
                requestId);
    }

    public Caller withRequestId(String id) {
        return new Caller(user, project, domain, systemScope, roles, token, id);
    }

    public boolean authenticated() {
        return user.isPresent();
    }

    public Set<String> roleNames() {
        return roles.stream().map(Role::name).collect(Collectors.toUnmodifiableSet());
    }

    public boolean hasRole(String name) {
        return roles.stream().anyMatch(r -> r.name().equals(name));
    }

    /// Whether default policy treats the caller as the cloud's admin.
    public boolean admin() {
        return hasRole("admin");
    }

    /// @return the user's id, or the empty string for the house itself
    public String userId() {
        return user.map(User::id).orElse("");
    }

    /// @return the id of the project that the token is scoped to
    /// @throws Forbidden the token is not scoped to a project
    public String projectId() {
        return project.orElseThrow(() -> new Forbidden("This call needs a token scoped to a project."))
                .id();
    }
}
