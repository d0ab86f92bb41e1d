package cloud.yun.identity.credential;

import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.base.Expiry;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Target;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The rules of application credentials: a secret that gives some of its user's roles on one project.
public final class AppCredentials {
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @param secret shown once, when it is made
    record Made(AppCredential credential, String secret) {}

    /// An application credential with its roles spelled out.
    record Shown(AppCredential credential, List<Role> roles) {}

    private final Workbench bench;
    private final Passwords passwords;
    private final DelegationBounds bounds;
    private final int userMax;

    /// @param userMax how many a user may have; negative for no limit
    public AppCredentials(Workbench bench, Passwords passwords, DelegationBounds bounds, int userMax) {
        this.bench = bench;
        this.passwords = passwords;
        this.bounds = bounds;
        this.userMax = userMax;
    }

    private void permit(Caller caller, String rule, String userId) {
        bench.policy().require(caller, rule, Target.of("user_id", userId).with("target.user.id", userId));
        bounds.requireNoTrust(caller);
    }

    private static Shown shown(Tx tx, AppCredential credential) {
        return new Shown(credential, new RoleStore(tx).among(credential.roleIds()));
    }

    /// Whose it is decides who may see it, not the user in the path: that one is asked only when there is none.
    ///
    /// @throws NotFound no such application credential
    Shown get(Caller caller, String rule, String userId, String id) {
        var found = bench.db().read(tx -> new AppCredentialStore(tx).find(id).map(a -> shown(tx, a)));
        permit(caller, rule, found.map(s -> s.credential().userId()).orElse(userId));
        return found.orElseThrow(() -> Words.notFound("Application Credential", id));
    }

    List<Shown> list(Caller caller, String userId, Optional<String> name) {
        permit(caller, "identity:list_application_credentials", userId);
        return bench.db().read(tx -> {
            if (new UserStore(tx).find(userId).isEmpty()) throw Words.notFound("user", userId);
            return new AppCredentialStore(tx)
                    .ofUser(userId, name).stream().map(a -> shown(tx, a)).toList();
        });
    }

    /// @throws Forbidden the caller's own token was delegated, or there are too many
    /// @throws Invalid a role that the caller's token does not have, or a time that is past
    Made create(Caller caller, String userId, ObjectNode body) {
        permit(caller, "identity:create_application_credential", userId);
        bounds.requireUnrestricted(caller);
        if (!caller.userId().equals(userId))
            throw Words.forbidden("Cannot create an application credential for another user.");
        var projectId = caller.projectId();
        var expires = Fields.text(body, "expires_at").map(text -> Expiry.parse(text, bench.now()));
        var secret = Fields.text(body, "secret").filter(s -> !s.isEmpty()).orElseGet(AppCredentials::secret);
        var name = body.path("name").asString();
        var hash = passwords.hash(secret);
        return bench.epoch().change(tx -> {
            var store = new AppCredentialStore(tx);
            if (userMax >= 0 && store.count(userId) >= userMax)
                throw new Forbidden("Unable to create additional application credentials, maximum of " + userMax
                        + " already exceeded for user.");
            if (store.byName(userId, name).isPresent()) throw Words.duplicateName("application_credential", name);
            var credential = new AppCredential(
                    bench.ids().next(),
                    userId,
                    projectId,
                    name,
                    Fields.text(body, "description"),
                    hash,
                    Fields.bool(body, "unrestricted"),
                    expires,
                    roles(tx, caller, body),
                    accessRules(tx, userId, body));
            store.insert(credential, bench.now());
            bench.tell(tx, caller, "application_credential", "created", credential.id());
            return new Made(credential, secret);
        });
    }

    /// The roles chosen and all that they imply, none of which the caller's token may lack; all of the token's
    /// roles when none is chosen. The token's, not the user's: an application credential or a trust that gives
    /// few roles must not make one that gives more.
    private static List<String> roles(Tx tx, Caller caller, ObjectNode body) {
        var owned = caller.roles().stream().map(Caller.Role::id).toList();
        var wanted = body.path("roles");
        if (wanted.isEmpty()) return owned;
        var store = new RoleStore(tx);
        var chosen = new ArrayList<String>();
        for (var role : wanted) {
            var id = role.path("id").asString("");
            var name = role.path("name").asString("");
            chosen.add(
                    id.isEmpty()
                            ? store.byName("", name)
                                    .orElseThrow(() -> Words.notFound("role", name))
                                    .id()
                            : id);
        }
        var all = store.closure(chosen);
        if (!owned.containsAll(all))
            throw new Invalid("Invalid application credential: Cannot create an application credential with unassigned"
                    + " role");
        return List.copyOf(all);
    }

    /// The rules of the body; those that the user has already, named by their ids or told again, are shared.
    private List<AccessRule> accessRules(Tx tx, String userId, ObjectNode body) {
        var store = new AccessRuleStore(tx);
        var found = new ArrayList<AccessRule>();
        for (var item : body.path("access_rules")) {
            if (!(item instanceof ObjectNode told)) continue;
            var known = Fields.text(told, "id").flatMap(id -> store.find(userId, id));
            var rule = known.orElseGet(() -> told(store, userId, told));
            if (!found.contains(rule)) found.add(rule);
        }
        return found;
    }

    private AccessRule told(AccessRuleStore store, String userId, ObjectNode told) {
        var rule = new AccessRule(
                bench.ids().next(), needed(told, "service"), needed(told, "path"), needed(told, "method"));
        var same = store.same(userId, rule);
        if (same.isEmpty()) store.insert(userId, rule);
        return same.orElse(rule);
    }

    private static String needed(ObjectNode rule, String attribute) {
        return Fields.text(rule, attribute).orElseThrow(() -> Words.expecting(attribute, "access_rules"));
    }

    private static String secret() {
        var bytes = new byte[64];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    void delete(Caller caller, String userId, String id) {
        get(caller, "identity:delete_application_credential", userId, id);
        bounds.requireUnrestricted(caller);
        bench.epoch().write(tx -> {
            new AppCredentialStore(tx).delete(id);
            bench.tell(tx, caller, "application_credential", "deleted", id);
        });
        passwords.forget("application_credential " + id);
    }
}
