package cloud.yun.identity.user;

import cloud.yun.identity.assignment.Assignment;
import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.AppCredentialStore;
import cloud.yun.identity.credential.CredentialStore;
import cloud.yun.identity.group.GroupStore;
import cloud.yun.identity.ldap.Directories;
import cloud.yun.identity.oauth1.OAuthTokenStore;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.token.RevocationStore;
import cloud.yun.identity.trust.TrustStore;
import cloud.yun.identity.user.UserStore.Password;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of users.
///
/// A new password, a disabled or deleted user: all tokens of the user made so far are refused at once.
public final class Users {
    private static final Set<String> KNOWN = Set.of(
            "id",
            "name",
            "domain_id",
            "enabled",
            "default_project_id",
            "password",
            "options",
            "original_password",
            "links",
            "password_expires_at",
            "federated");

    /// Roles that make nobody stronger than a project's admin.
    private static final Set<String> ORDINARY = Set.of("manager", "member", "reader", "monitor");

    private final Workbench bench;
    private final Passwords passwords;
    private final SecurityCompliance compliance;
    private final PasswordCheck check;
    private final Directories directories;

    public Users(
            Workbench bench,
            Passwords passwords,
            SecurityCompliance compliance,
            PasswordCheck check,
            Directories directories) {
        this.bench = bench;
        this.directories = directories;
        this.passwords = passwords;
        this.compliance = compliance;
        this.check = check;
    }

    /// @return the attributes that rules speak of
    public static Target target(Tx tx, Optional<User> user) {
        if (user.isEmpty()) return Target.NONE;
        var u = user.get();
        return Target.of("target.user.id", u.id())
                .with("user_id", u.id())
                .with("target.user.domain_id", u.domainId())
                .with("target.user.only_project_id", onlyProject(tx, u).orElse(null));
    }

    /// The one project that a user has to do with: all of its assignments are there, give no more than a
    /// project's admin could give, and it is in no group. Our own rules let a project's admin manage such
    /// users alone: who could set the password of somebody stronger would be that somebody.
    private static Optional<String> onlyProject(Tx tx, User user) {
        if (new GroupStore(tx).hasMember(user.id())) return Optional.empty();
        var assignments = new AssignmentStore(tx).ofUserAndGroups(user.id());
        if (assignments.isEmpty()) return user.defaultProjectId();
        var first = assignments.getFirst().target();
        var roles = assignments.stream().map(Assignment::roleId).distinct().toList();
        boolean own = first.kind() == Assignment.Target.Kind.PROJECT
                && assignments.stream().allMatch(a -> a.target().equals(first) && !a.inherited())
                && new RoleStore(tx).among(roles).stream().allMatch(r -> ORDINARY.contains(r.name()));
        return own ? Optional.of(first.id()) : Optional.empty();
    }

    /// @throws NotFound no such user, said only to a caller whom the rule lets see it
    public User get(Caller caller, String rule, String id) {
        record Found(Optional<User> user, Target target) {}
        var found = bench.db().read(tx -> {
            var user = new UserStore(tx).find(id).map(this::today);
            return new Found(user, target(tx, user));
        });
        bench.policy().require(caller, rule, found.target());
        return found.user().orElseThrow(() -> Words.notFound("user", id));
    }

    private User today(User user) {
        // Who logs in where is only known of our own users.
        return directories.mayHave(user.id()) ? user : compliance.today(user, bench.now());
    }

    Filters.Page<User> list(Caller caller, UserFilters filters) {
        bench.policy().require(caller, "identity:list_users", Workbench.listTarget(caller));
        var own = filters.with(directories.oneDomain(caller, Workbench.ownDomain(caller, filters.common())));
        var domain = own.common().equal().getOrDefault("domain_id", "");
        if (directories.serves(domain)) return directories.users(domain, own.common());
        var found = bench.db().read(tx -> new UserStore(tx).list(own));
        return own.common().cut(found.stream().map(this::today).toList(), User::id);
    }

    User create(Caller caller, ObjectNode body) {
        return bench.epoch().change(creation(caller, body));
    }

    /// Looks at all that needs no transaction, and hashes the password, which takes its time.
    ///
    /// @return what is left to do in one
    public Function<Tx, User> creation(Caller caller, ObjectNode body) {
        var domainId = Workbench.domainOf(body, caller);
        bench.policy()
                .require(
                        caller,
                        "identity:create_user",
                        // As in Keystone, whoever manages a domain must name it; a project's admin need not.
                        Target.NONE
                                .with(
                                        "target.user.domain_id",
                                        caller.domain().isPresent()
                                                ? Fields.text(body, "domain_id").orElse(null)
                                                : domainId)
                                .with(
                                        "target.user.only_project_id",
                                        Fields.text(body, "default_project_id").orElse(null)));
        directories.writable(domainId);
        var user = new User(
                bench.ids().next(),
                domainId,
                name(body).orElseThrow(),
                Fields.bool(body, "enabled").orElse(true),
                Fields.text(body, "default_project_id"),
                Fields.extra(body, KNOWN),
                Fields.mergeOptions(Json.object(), body),
                Optional.empty());
        var hash = hash(body);
        return tx -> {
            if (new ProjectStore(tx).domain(domainId).isEmpty()) throw Words.notFound("domain", domainId);
            defaultProject(tx, body);
            var users = new UserStore(tx);
            if (users.byName(domainId, user.name()).isPresent()) throw duplicate(user);
            users.insert(user, bench.now());
            new FederatedUsers(tx).replace(user.id(), body);
            hash.ifPresent(h -> set(users, user, h, false));
            bench.tell(tx, caller, "user", "created", user.id());
            return users.find(user.id()).orElseThrow();
        };
    }

    private Optional<String> hash(ObjectNode body) {
        var password = Fields.text(body, "password");
        password.ifPresent(p -> PasswordRules.form(compliance, p));
        return password.map(passwords::hash);
    }

    private void set(UserStore users, User user, String hash, boolean selfService) {
        var expiry = compliance.expiry(UserOptions.of(user), !selfService, bench.now());
        users.addPassword(user.id(), hash, selfService, bench.now(), expiry, compliance.uniqueLast());
    }

    /// @return the `federated` attribute, empty for most users
    ArrayNode federated(String id) {
        return bench.db().read(tx -> new FederatedUsers(tx).of(id));
    }

    User update(Caller caller, String id, ObjectNode body) {
        var seen = get(caller, "identity:update_user", id);
        Workbench.sameDomain(body, seen.domainId());
        directories.writable(seen);
        var hash = hash(body);
        boolean noPassword = body.has("password") && hash.isEmpty();
        var user = bench.epoch().change(tx -> {
            var users = new UserStore(tx);
            var old = users.find(id).orElseThrow(() -> Words.notFound("user", id));
            defaultProject(tx, body);
            var next = new User(
                    id,
                    old.domainId(),
                    name(body).orElse(old.name()),
                    Fields.bool(body, "enabled").orElse(old.enabled()),
                    body.has("default_project_id") ? Fields.text(body, "default_project_id") : old.defaultProjectId(),
                    Fields.merge(old.extra(), Fields.extra(body, KNOWN)),
                    Fields.mergeOptions(old.options(), body),
                    old.passwordExpiresAt(),
                    old.seenAt());
            if (!next.name().equals(old.name())
                    && users.byName(old.domainId(), next.name()).isPresent()) throw duplicate(next);
            users.update(next);
            new FederatedUsers(tx).replace(id, body);
            hash.ifPresent(h -> set(users, next, h, false));
            if (noPassword) users.removePasswords(id);
            if (old.enabled() && !next.enabled()) new AppCredentialStore(tx).deleteOfUser(id);
            if (Fields.bool(body, "enabled").orElse(false)) {
                users.forgive(id);
                if (compliance.inactiveDaysMax() > 0) users.seen(id, bench.now());
            }
            if (noPassword || hash.isPresent() || (old.enabled() && !next.enabled()))
                new RevocationStore(tx).user(id, bench.now(), bench.tokenLife());
            bench.tell(tx, caller, "user", "updated", id);
            return today(users.find(id).orElseThrow());
        });
        passwords.forget(id);
        return user;
    }

    /// The user changes its own password, proven by the old one; a token is not needed, and an expired password
    /// will do.
    ///
    /// @throws Unauthorized no such user, disabled, locked, or the old password is wrong
    /// @throws Invalid the new password or its time is against `[security_compliance]`
    void changePassword(Caller caller, String id, String original, String password) {
        var login = directories.loginById(id, original);
        if (login.isPresent())
            directories.writable(login.get().user().filter(User::enabled).orElseThrow(Unauthorized::new));
        var user = check.right(tx -> new UserStore(tx).find(id), original);
        PasswordRules.form(compliance, password);
        PasswordRules.unlocked(UserOptions.of(user));
        var history = bench.db().read(tx -> new UserStore(tx).passwords(id, Math.max(1, compliance.uniqueLast())));
        if (history.isEmpty()) throw new Unauthorized();
        var current = history.getFirst();
        if (current.selfService()) PasswordRules.age(compliance, current.createdAt(), bench.now());
        if (compliance.uniqueLast() > 0 && history.stream().anyMatch(p -> passwords.matches(p.hash(), password)))
            throw PasswordRules.repeated(compliance);
        var hash = passwords.hash(password);
        bench.epoch().write(tx -> {
            var users = new UserStore(tx);
            if (!users.password(id).map(Password::hash).equals(Optional.of(current.hash())))
                throw new Conflict("The password of user " + id + " was changed by another request.");
            set(users, user, hash, true);
            new RevocationStore(tx).user(id, bench.now(), bench.tokenLife());
            bench.tell(tx, caller, "user", "updated", id);
        });
        passwords.forget(id);
    }

    void delete(Caller caller, String id) {
        directories.writable(get(caller, "identity:delete_user", id));
        bench.epoch().write(tx -> {
            remove(tx, id);
            bench.tell(tx, caller, "user", "deleted", id);
        });
        passwords.forget(id);
    }

    /// Takes a user away with all that is its own; what it made in projects stays there.
    public static void remove(Tx tx, String id) {
        new AssignmentStore(tx).removeActor(Actor.user(id));
        new CredentialStore(tx).deleteOfUser(id);
        new AppCredentialStore(tx).deleteOfUser(id);
        new TrustStore(tx).deleteOfUser(id);
        new OAuthTokenStore(tx).deleteOfUser(id);
        new UserStore(tx).delete(id);
    }

    /// @param request its filters `domain_id`, `enabled`, `name` and `password_expires_at` apply
    public List<User> ofGroup(String groupId, Request request) {
        var filters = UserFilters.of(request);
        return bench.db().read(tx -> new UserStore(tx).ofGroup(groupId, filters)).stream()
                .map(this::today)
                .toList();
    }

    private static Optional<String> name(ObjectNode body) {
        return Fields.text(body, "name").map(String::strip);
    }

    private static void defaultProject(Tx tx, ObjectNode body) {
        var id = Fields.text(body, "default_project_id");
        if (id.flatMap(new ProjectStore(tx)::domain).isPresent())
            throw new Invalid("User's default project ID cannot be a domain ID: " + id.get());
    }

    private static Conflict duplicate(User user) {
        return Words.duplicateName("user", user.name(), user.domainId());
    }
}
