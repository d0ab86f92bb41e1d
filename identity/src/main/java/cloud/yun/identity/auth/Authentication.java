package cloud.yun.identity.auth;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.Receipts;
import cloud.yun.identity.token.Receipts.Receipt;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.http.Request;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Proves who asks, finds the scope, and has a token issued.
///
/// Why a login fails is said in the log only: the answer does not tell an unknown user from a wrong password, nor
/// an unknown project from a forbidden one.
public final class Authentication {
    private static final String REQUIRES = "The request you have made requires authentication.";
    static final String RECEIPT = "Openstack-Auth-Receipt";
    private static final String KINDS = "system, project, domain, OS-TRUST:trust or unscoped";

    private final Database db;
    private final Tokens tokens;
    private final Receipts receipts;
    private final List<String> named;
    private final Map<String, AuthMethod> methods;
    private final Map<String, ScopeKind> kinds;
    private final Clock clock;

    /// @param enabled `[auth] methods`
    /// @param methods all that there are; those that are enabled work
    /// @param kinds of scope besides project, domain and system
    public Authentication(
            Database db,
            Tokens tokens,
            Receipts receipts,
            List<String> enabled,
            List<AuthMethod> methods,
            List<ScopeKind> kinds,
            Clock clock) {
        this.db = db;
        this.tokens = tokens;
        this.receipts = receipts;
        this.named = List.copyOf(enabled);
        this.methods = new LinkedHashMap<>();
        for (var method : methods) if (enabled.contains(method.name())) this.methods.put(method.name(), method);
        this.kinds = kinds.stream().collect(Collectors.toUnmodifiableMap(ScopeKind::name, Function.identity()));
        this.clock = clock;
    }

    /// The request names a method that is not there.
    public static final class Unsupported extends Exception {
        Unsupported(String method) {
            super(method);
        }
    }

    /// The user has proven to be that user, yet not by as many methods as its rules ask for.
    public static final class Incomplete extends Exception {
        private final User user;
        private final Receipt receipt;
        private final List<List<String>> open;

        Incomplete(User user, Receipt receipt, List<List<String>> open) {
            super("more methods are needed");
            this.user = user;
            this.receipt = receipt;
            this.open = open;
        }

        User user() {
            return user;
        }

        Receipt receipt() {
            return receipt;
        }

        /// The rules that can be completed.
        List<List<String>> open() {
            return open;
        }
    }

    /// As `[auth] methods` says.
    List<String> methods() {
        return named;
    }

    /// @param auth the `auth` object of the request, checked by its schema
    /// @throws Unauthorized the proof or the scope does not hold
    /// @throws Invalid something needed is missing
    public ValidToken authenticate(ObjectNode auth, Request request) throws Unsupported, Incomplete {
        var login = new Login(auth, request, clock.instant());
        var who = complete(prove(login), request.header(RECEIPT));
        var kind = login.scope() instanceof ObjectNode wanted && wanted.size() == 1
                ? kinds.get(wanted.propertyNames().iterator().next())
                : null;
        if (kind != null && who.scope().isEmpty()) {
            var chosen = kind.choose(login.scope().get(kind.name()), who);
            var token = tokens.issue(
                    chosen.proof(), chosen.scope().orElseThrow(() -> refused("no scope by " + kind.name())));
            kind.issued(token);
            return token;
        }
        return tokens.issue(who.proof(), scope(login.scope(), who));
    }

    private Proven prove(Login login) throws Unsupported {
        var wanted = new ArrayList<String>();
        for (var method : login.identity().path("methods"))
            if (!wanted.contains(method.stringValue())) wanted.add(method.stringValue());
        for (var method : wanted)
            if (!(login.identity().get(method) instanceof ObjectNode)) throw Words.expecting(method, "identity");
        for (var method : wanted) if (!methods.containsKey(method)) throw new Unsupported(method);
        if (wanted.isEmpty()) throw new Unsupported("none");
        Optional<Proven> proven = Optional.empty();
        for (var name : wanted) {
            var method = methods.get(name);
            if (method == null) throw new Unsupported(name);
            var next = method.prove((ObjectNode) login.identity().get(name), login);
            proven = Optional.of(proven.map(p -> p.and(next)).orElse(next));
        }
        return proven.orElseThrow();
    }

    /// Adds what a receipt of an earlier request says, and holds the methods against the user's rules.
    private Proven complete(Proven who, Optional<String> receiptId) throws Incomplete {
        var passed = new LinkedHashSet<>(who.methods());
        if (receiptId.isPresent()) {
            var receipt = receipts.open(receiptId.get());
            if (!receipt.userId().equals(who.user().id())) throw refused("the receipt is of another user");
            passed.addAll(receipt.methods());
        }
        var all = List.copyOf(passed);
        if (!MethodRules.enough(who.user(), methods.keySet(), all))
            throw new Incomplete(
                    who.user(),
                    receipts.issue(who.user().id(), all),
                    MethodRules.open(who.user(), methods.keySet(), all));
        return who.by(all);
    }

    private Scope scope(JsonNode wanted, Proven who) {
        if (who.scope().isPresent()) {
            var own = who.scope().get();
            if (wanted instanceof ObjectNode object && !own.equals(named(object)))
                throw refused("this proof has one scope");
            return own;
        }
        if (wanted.isString() || wanted.path("unscoped").isObject()) return new Scope.Unscoped();
        if (wanted instanceof ObjectNode object) return named(object);
        return standard(who.user());
    }

    private Scope named(ObjectNode wanted) {
        if (wanted.size() != 1) throw Words.expecting(KINDS, "scope");
        var kind = wanted.propertyNames().iterator().next();
        var value = wanted.get(kind);
        return switch (kind) {
            case "project" ->
                db.read(tx -> new Named(tx).project(value))
                        .<Scope>map(p -> new Scope.Project(p.id()))
                        .orElseThrow(() -> refused("no such project"));
            case "domain" ->
                db.read(tx -> new Named(tx).domain(value))
                        .<Scope>map(d -> new Scope.Domain(d.id()))
                        .orElseThrow(() -> refused("no such domain"));
            case "system" -> {
                if (!value.path("all").asBoolean(false)) throw Words.expecting("all", "system");
                yield new Scope.System();
            }
            default -> throw Words.expecting(KINDS, "scope");
        };
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
                .map(p -> !new EffectiveRoles(tx).onProject(user.id(), p).isEmpty())
                .orElse(false));
        return usable ? new Scope.Project(project.get()) : new Scope.Unscoped();
    }

    /// @param detail for the log
    public static Unauthorized refused(String detail) {
        return new Unauthorized(REQUIRES, detail);
    }
}
