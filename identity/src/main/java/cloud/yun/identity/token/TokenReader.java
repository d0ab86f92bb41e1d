package cloud.yun.identity.token;

import cloud.yun.identity.federation.sp.ServiceProviders;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.DelegationRule.Delegated;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Turns a payload into a valid token, or says why it is none. All is read in one transaction.
final class TokenReader {
    private static final String REQUIRES = "The request you have made requires authentication.";

    private final Tx tx;
    private final Instant now;
    private final Map<Class<?>, DelegationRule<?>> rules;

    TokenReader(Tx tx, Instant now, Map<Class<?>, DelegationRule<?>> rules) {
        this.tx = tx;
        this.now = now;
        this.rules = rules;
    }

    /// @throws Unauthorized expired, revoked, or what it rests on is gone or disabled; the detail says which
    ValidToken read(String id, TokenPayload payload) {
        if (!now.isBefore(payload.expiresAt())) throw refused("the token has expired");
        if (new RevocationStore(tx).revoked(payload)) throw refused("the token was revoked");
        var user = new UserStore(tx).find(payload.userId()).orElseThrow(() -> refused("no such user"));
        if (!user.enabled()) throw refused("the user is disabled");
        var userDomain = enabledDomain(user.domainId());
        var project = project(payload.scope());
        var domain = domain(payload.scope());
        var delegated = delegated(payload, user);
        var subject = delegated.user();
        if (!subject.enabled()) throw refused("the user that the token speaks for is disabled");
        if (!subject.id().equals(user.id())) userDomain = enabledDomain(subject.domainId());
        if (delegated.roles().isEmpty() && !(payload.scope() instanceof Scope.Unscoped))
            throw refused("the user has no role on " + payload.scope());
        var caller = caller(id, payload, subject, userDomain, project, domain, delegated);
        var body = body(payload, subject, caller, project);
        delegated.show().accept(body);
        ServiceProviders.show(tx, body);
        return new ValidToken(id, payload, caller, body);
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized(REQUIRES, detail);
    }

    private Project enabledDomain(String id) {
        var domain = new ProjectStore(tx).domain(id).orElseThrow(() -> refused("no domain " + id));
        if (!domain.enabled()) throw refused("the domain " + id + " is disabled");
        return domain;
    }

    private Optional<Project> project(Scope scope) {
        if (!(scope instanceof Scope.Project wanted)) return Optional.empty();
        var project = new ProjectStore(tx).find(wanted.id()).orElseThrow(() -> refused("no project " + wanted.id()));
        if (!project.enabled()) throw refused("the project " + wanted.id() + " is disabled");
        return Optional.of(project);
    }

    private Optional<Project> domain(Scope scope) {
        return scope instanceof Scope.Domain wanted ? Optional.of(enabledDomain(wanted.id())) : Optional.empty();
    }

    private Delegated delegated(TokenPayload payload, User bearer) {
        if (payload.delegation() instanceof Delegation.None)
            return new Delegated(bearer, OwnedRoles.of(tx, bearer.id(), payload.scope()), _ -> {});
        var rule = rules.get(payload.delegation().getClass());
        if (rule == null) throw refused("no rule for " + payload.delegation().getClass());
        return read(rule, payload, bearer);
    }

    private <D extends Delegation> Delegated read(DelegationRule<D> rule, TokenPayload payload, User bearer) {
        return rule.read(tx, rule.kind().cast(payload.delegation()), payload, bearer, now);
    }

    private Caller caller(
            String id,
            TokenPayload payload,
            User user,
            Project userDomain,
            Optional<Project> project,
            Optional<Project> domain,
            Delegated delegated) {
        return new Caller(
                Optional.of(new Caller.User(user.id(), user.name(), domain(userDomain))),
                project.map(p -> new Caller.Project(p.id(), p.name(), domain(enabledDomain(p.owningDomainId())))),
                domain.map(TokenReader::domain),
                payload.scope() instanceof Scope.System,
                delegated.roles().stream()
                        .map(r -> new Caller.Role(r.id(), r.name()))
                        .toList(),
                Optional.of(new Caller.Token(
                        id,
                        payload.issuedAt(),
                        payload.expiresAt(),
                        payload.methods(),
                        payload.auditIds(),
                        delegated.only())),
                "");
    }

    private static Caller.Domain domain(Project domain) {
        return new Caller.Domain(domain.id(), domain.name());
    }

    private static ObjectNode body(TokenPayload payload, User user, Caller caller, Optional<Project> project) {
        var token = Json.object();
        payload.methods().forEach(token.putArray("methods")::add);
        var who = token.putObject("user");
        caller.user().ifPresent(u -> put(who.putObject("domain"), u.domain()));
        who.put("id", user.id())
                .put("name", user.name())
                .put(
                        "password_expires_at",
                        user.passwordExpiresAt().map(Times::microsWithoutZone).orElse(null));
        payload.auditIds().forEach(token.putArray("audit_ids")::add);
        token.put("expires_at", Times.micros(payload.expiresAt()))
                .put("issued_at", Times.micros(payload.issuedAt().truncatedTo(ChronoUnit.SECONDS)));
        caller.project().ifPresent(p -> {
            var to = token.putObject("project");
            put(to.putObject("domain"), p.domain());
            to.put("id", p.id()).put("name", p.name());
            token.put("is_domain", project.map(Project::isDomain).orElse(false));
        });
        caller.domain().ifPresent(d -> put(token.putObject("domain"), d));
        if (!(payload.scope() instanceof Scope.Unscoped)) {
            var roles = token.putArray("roles");
            caller.roles().forEach(r -> roles.addObject().put("id", r.id()).put("name", r.name()));
        }
        if (caller.systemScope()) token.putObject("system").put("all", true);
        return token;
    }

    private static void put(ObjectNode node, Caller.Domain domain) {
        node.put("id", domain.id()).put("name", domain.name());
    }
}
