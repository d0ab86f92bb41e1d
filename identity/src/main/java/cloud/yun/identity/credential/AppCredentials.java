package cloud.yun.identity.credential;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Target;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
    private final Tokens tokens;

    public AppCredentials(Workbench bench, Passwords passwords, Tokens tokens) {
        this.bench = bench;
        this.passwords = passwords;
        this.tokens = tokens;
    }

    private void permit(Caller caller, String rule, String userId) {
        bench.policy().require(caller, rule, Target.of("user_id", userId).with("target.user.id", userId));
    }

    private static Shown shown(Tx tx, AppCredential credential) {
        return new Shown(credential, new RoleStore(tx).among(credential.roleIds()));
    }

    /// @throws NotFound no such application credential of this user
    Shown get(Caller caller, String rule, String userId, String id) {
        permit(caller, rule, userId);
        return bench.db()
                .read(tx -> new AppCredentialStore(tx)
                        .find(id)
                        .filter(a -> a.userId().equals(userId))
                        .map(a -> shown(tx, a))
                        .orElseThrow(() -> Words.notFound("Application Credential", id)));
    }

    List<Shown> list(Caller caller, String userId, Optional<String> name) {
        permit(caller, "identity:list_application_credentials", userId);
        return bench.db().read(tx -> {
            if (new UserStore(tx).find(userId).isEmpty()) throw Words.notFound("user", userId);
            return new AppCredentialStore(tx)
                    .ofUser(userId, name).stream().map(a -> shown(tx, a)).toList();
        });
    }

    /// @throws Forbidden the caller itself came by a restricted application credential
    /// @throws Invalid a role that the caller does not have there, or a time that is past
    Made create(Caller caller, String userId, ObjectNode body) {
        permit(caller, "identity:create_application_credential", userId);
        unrestricted(caller);
        var projectId = caller.projectId();
        var expires = Fields.text(body, "expires_at").map(this::time);
        var secret = Fields.text(body, "secret").orElseGet(AppCredentials::secret);
        var name = body.path("name").asString();
        var hash = passwords.hash(secret);
        return bench.epoch().change(tx -> {
            var store = new AppCredentialStore(tx);
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
                    roles(tx, userId, projectId, body));
            store.insert(credential, bench.now());
            bench.tell(tx, caller, "application_credential", "created", credential.id());
            return new Made(credential, secret);
        });
    }

    private static List<String> roles(Tx tx, String userId, String projectId, ObjectNode body) {
        var project = new ProjectStore(tx).find(projectId).orElseThrow(() -> Words.notFound("project", projectId));
        var owned = new EffectiveRoles(tx).onProject(userId, project);
        var wanted = body.path("roles");
        if (wanted.isEmpty()) return owned.stream().map(Role::id).toList();
        var chosen = new ArrayList<String>();
        for (var role : wanted) {
            var key = role.path("id").asString("");
            var name = role.path("name").asString("");
            var found = owned.stream()
                    .filter(r -> key.isEmpty() ? r.name().equals(name) : r.id().equals(key))
                    .findFirst();
            if (found.isEmpty())
                throw new Invalid("Invalid application credential: Could not find role assignment with role: "
                        + (key.isEmpty() ? name : key) + ", user or group: " + userId + ", project, domain, or"
                        + " system: " + projectId + ".");
            if (!chosen.contains(found.get().id())) chosen.add(found.get().id());
        }
        return chosen;
    }

    private Instant time(String text) {
        Instant at;
        try {
            at = text.endsWith("Z") || text.matches(".*[+-]\\d\\d:?\\d\\d$")
                    ? OffsetDateTime.parse(text).toInstant()
                    : java.time.LocalDateTime.parse(text, DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                            .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Invalid(
                    "Invalid input for field 'expires_at': '" + text + "' is not a valid time: " + e.getMessage());
        }
        if (!at.isAfter(bench.now())) throw new Invalid("The specified expiration time is in the past.");
        return at;
    }

    private static String secret() {
        var bytes = new byte[64];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    void delete(Caller caller, String userId, String id) {
        get(caller, "identity:delete_application_credential", userId, id);
        unrestricted(caller);
        bench.epoch().write(tx -> {
            new AppCredentialStore(tx).delete(id);
            bench.tell(tx, caller, "application_credential", "deleted", id);
        });
        passwords.forget("application_credential " + id);
    }

    /// What came by a restricted application credential must not make itself a stronger one.
    void unrestricted(Caller caller) {
        var credential = caller.token()
                .flatMap(t -> tokens.validate(t.id()))
                .flatMap(t -> t.payload().appCredentialId());
        if (credential.isEmpty()) return;
        boolean may = bench.db()
                .read(tx -> new AppCredentialStore(tx)
                        .find(credential.get())
                        .map(AppCredential::mayDelegate)
                        .orElse(false));
        if (!may)
            throw new Forbidden("You are not authorized to perform the requested action: Using method"
                    + " 'application_credential' is not allowed for managing additional application credentials..");
    }
}
