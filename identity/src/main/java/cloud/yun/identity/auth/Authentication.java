package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.credential.AppCredentialStore;
import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.Tokens.Proof;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.identity.user.UserStore.Password;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Proves who asks, finds the scope, and has a token issued.
///
/// Why a login fails is said in the log only: the answer does not tell an unknown user from a wrong password, nor
/// an unknown project from a forbidden one.
public final class Authentication {
    static final String REQUIRES = "The request you have made requires authentication.";

    /// Methods that a request may name; some only tell, by their own error, that they are not set up here.
    static final List<String> METHODS = List.of("password", "token", "application_credential");

    private final Database db;
    private final Tokens tokens;
    private final Passwords passwords;
    private final Clock clock;

    public Authentication(Database db, Tokens tokens, Passwords passwords, Clock clock) {
        this.db = db;
        this.tokens = tokens;
        this.passwords = passwords;
        this.clock = clock;
    }

    /// The request names a method that is not there.
    public static final class Unsupported extends Exception {
        Unsupported(String method) {
            super(method);
        }
    }

    private record Proven(User user, Proof proof, Optional<AppCredential> appCredential) {}

    /// @param auth the `auth` object of the request, checked by its schema
    /// @throws Unauthorized the proof or the scope does not hold
    /// @throws Invalid something needed is missing
    public ValidToken authenticate(ObjectNode auth) throws Unsupported {
        var identity = (ObjectNode) auth.path("identity");
        var methods = new ArrayList<String>();
        for (var method : identity.path("methods"))
            if (!methods.contains(method.stringValue())) methods.add(method.stringValue());
        for (var method : methods) {
            if (!METHODS.contains(method)) throw new Unsupported(method);
            if (!(identity.get(method) instanceof ObjectNode)) throw Words.expecting(method, "identity");
        }
        if (methods.isEmpty()) throw new Unsupported("none");
        Optional<Proven> proven = Optional.empty();
        for (var method : methods) {
            var next = prove(method, (ObjectNode) identity.get(method));
            if (proven.isPresent()
                    && !proven.get().user().id().equals(next.user().id()))
                throw refused("the methods name different users");
            proven = Optional.of(proven.map(p -> both(p, next)).orElse(next));
        }
        var who = proven.orElseThrow();
        return tokens.issue(who.proof(), scope(auth.path("scope"), who));
    }

    private static Proven both(Proven first, Proven second) {
        var methods = new ArrayList<>(first.proof().methods());
        for (var method : second.proof().methods()) if (!methods.contains(method)) methods.add(method);
        return new Proven(
                first.user(),
                new Proof(
                        first.user().id(),
                        methods,
                        first.proof().appCredentialId().or(second.proof()::appCredentialId),
                        first.proof().at(),
                        first.proof().expiresAt().or(second.proof()::expiresAt),
                        first.proof().chainId().or(second.proof()::chainId)),
                first.appCredential().or(second::appCredential));
    }

    private Proven prove(String method, ObjectNode given) {
        return switch (method) {
            case "password" -> byPassword(given);
            case "token" -> byToken(given);
            default -> byAppCredential(given);
        };
    }

    private Proven byPassword(ObjectNode given) {
        var at = clock.instant();
        if (!(given.get("user") instanceof ObjectNode named)) throw Words.expecting("user", "password");
        var password = Fields.text(named, "password").orElseThrow(() -> Words.expecting("password", "user"));
        record Found(User user, Optional<Password> password) {}
        var found = db.read(tx -> {
            var users = new UserStore(tx);
            return user(tx, named).map(u -> new Found(u, users.password(u.id())));
        });
        var hash = found.flatMap(Found::password).map(Password::hash);
        boolean right = passwords.verify(found.map(f -> f.user().id()).orElse(""), hash, password);
        if (!right) throw refused(found.isEmpty() ? "no such user" : "wrong password");
        var user = found.orElseThrow().user();
        if (found.get()
                .password()
                .flatMap(Password::expiresAt)
                .map(end -> !clock.instant().isBefore(end))
                .orElse(false))
            throw new Unauthorized(
                    "The password is expired and needs to be changed for user: " + user.id() + ".", "expired password");
        return new Proven(
                user,
                new Proof(user.id(), List.of("password"), Optional.empty(), at, Optional.empty(), Optional.empty()),
                Optional.empty());
    }

    /// The user that `id`, or `name` with a `domain`, names.
    private static Optional<User> user(Tx tx, ObjectNode named) {
        var users = new UserStore(tx);
        var id = Fields.text(named, "id");
        if (id.isPresent()) return users.find(id.get());
        var name = Fields.text(named, "name").orElseThrow(() -> Words.expecting("id or name", "user"));
        return domain(tx, named, "user").flatMap(d -> users.byName(d.id(), name));
    }

    private static Optional<Project> domain(Tx tx, ObjectNode holder, String target) {
        if (!(holder.get("domain") instanceof ObjectNode domain)) throw Words.expecting("domain", target);
        return domain(tx, domain);
    }

    private static Optional<Project> domain(Tx tx, ObjectNode domain) {
        var id = Fields.text(domain, "id");
        if (id.isPresent()) return new ProjectStore(tx).domain(id.get());
        var name = Fields.text(domain, "name").orElseThrow(() -> Words.expecting("id or name", "domain"));
        return new ProjectStore(tx).domainByName(name);
    }

    private Proven byToken(ObjectNode given) {
        var at = clock.instant();
        var id = Fields.text(given, "id").orElseThrow(() -> Words.expecting("id", "token"));
        var parent = tokens.validate(id).orElseThrow(() -> refused("the token to start from does not hold"));
        var payload = parent.payload();
        var user = db.read(tx -> new UserStore(tx).find(payload.userId())).orElseThrow(() -> refused("no such user"));
        var methods = new ArrayList<>(payload.methods());
        if (!methods.contains("token")) methods.add("token");
        var credential = payload.appCredentialId().flatMap(a -> db.read(tx -> new AppCredentialStore(tx).find(a)));
        return new Proven(
                user,
                new Proof(
                        user.id(),
                        methods,
                        payload.appCredentialId(),
                        at,
                        Optional.of(payload.expiresAt()),
                        Optional.of(payload.chainId())),
                credential);
    }

    private Proven byAppCredential(ObjectNode given) {
        var at = clock.instant();
        var secret =
                Fields.text(given, "secret").orElseThrow(() -> Words.expecting("secret", "application_credential"));
        var found = db.read(tx -> appCredential(tx, given));
        boolean right = passwords.verify(
                "application_credential " + found.map(AppCredential::id).orElse(""),
                found.map(AppCredential::secretHash),
                secret);
        if (!right) throw refused("no such application credential, or a wrong secret");
        var credential = found.orElseThrow();
        var user =
                db.read(tx -> new UserStore(tx).find(credential.userId())).orElseThrow(() -> refused("no such user"));
        var proof = new Proof(
                user.id(),
                List.of("application_credential"),
                Optional.of(credential.id()),
                at,
                Optional.empty(),
                Optional.empty());
        return new Proven(user, proof, found);
    }

    private static Optional<AppCredential> appCredential(Tx tx, ObjectNode given) {
        var store = new AppCredentialStore(tx);
        var id = Fields.text(given, "id");
        if (id.isPresent()) return store.find(id.get());
        var name =
                Fields.text(given, "name").orElseThrow(() -> Words.expecting("id or name", "application_credential"));
        if (!(given.get("user") instanceof ObjectNode named)) throw Words.expecting("user", "application_credential");
        return user(tx, named).flatMap(u -> store.byName(u.id(), name));
    }

    private Scope scope(JsonNode wanted, Proven who) {
        if (who.appCredential().isPresent()) {
            var own = new Scope.Project(who.appCredential().get().projectId());
            if (!(wanted instanceof ObjectNode object)) return own;
            if (!own.equals(named(object))) throw refused("an application credential has one scope");
            return own;
        }
        if (wanted.isString() || wanted.path("unscoped").isObject()) return new Scope.Unscoped();
        if (wanted instanceof ObjectNode object) return named(object);
        return standard(who.user());
    }

    private Scope named(ObjectNode wanted) {
        if (wanted.size() != 1) throw Words.expecting("project, domain, OS-TRUST:trust or unscoped", "scope");
        var kind = wanted.propertyNames().iterator().next();
        var value = wanted.get(kind);
        return switch (kind) {
            case "project" ->
                db.read(tx -> project(tx, value))
                        .<Scope>map(p -> new Scope.Project(p.id()))
                        .orElseThrow(() -> refused("no such project"));
            case "domain" ->
                db.read(tx -> domain(tx, (ObjectNode) value))
                        .<Scope>map(d -> new Scope.Domain(d.id()))
                        .orElseThrow(() -> refused("no such domain"));
            case "system" -> {
                if (!value.path("all").asBoolean(false)) throw Words.expecting("all", "system");
                yield new Scope.System();
            }
            default -> throw Words.expecting("project, domain, OS-TRUST:trust or unscoped", "scope");
        };
    }

    private static Optional<Project> project(Tx tx, JsonNode value) {
        var named = (ObjectNode) value;
        var projects = new ProjectStore(tx);
        var id = Fields.text(named, "id");
        if (id.isPresent()) return projects.find(id.get());
        var name = Fields.text(named, "name").orElseThrow(() -> Words.expecting("id or name", "project"));
        return domain(tx, named, "project").flatMap(d -> projects.byName(d.id(), name));
    }

    /// Without a scope in the request: the user's default project, if the user may have it.
    private Scope standard(User user) {
        var project = user.defaultProjectId();
        if (project.isEmpty()) return new Scope.Unscoped();
        boolean usable = db.read(tx -> new ProjectStore(tx)
                .find(project.get())
                .filter(Project::enabled)
                .filter(p -> new ProjectStore(tx)
                        .domain(p.owningDomainId())
                        .map(Project::enabled)
                        .orElse(false))
                .map(p -> !new cloud.yun.identity.assignment.EffectiveRoles(tx)
                        .onProject(user.id(), p)
                        .isEmpty())
                .orElse(false));
        return usable ? new Scope.Project(project.get()) : new Scope.Unscoped();
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized(REQUIRES, detail);
    }
}
