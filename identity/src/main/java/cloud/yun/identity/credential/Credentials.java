package cloud.yun.identity.credential;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.CredentialStore.Sealed;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of credentials: secrets that Keystone keeps for a user, encrypted under keys of their own.
public final class Credentials {
    static final String EC2 = "ec2";
    private static final Set<String> KNOWN = Set.of("id", "user_id", "project_id", "type", "blob", "links");

    /// @param blob the secret itself
    record Credential(
            String id, String userId, Optional<String> projectId, String type, String blob, ObjectNode extra) {
        @Override
        public String toString() {
            return "Credential[" + id + "]";
        }
    }

    private final Workbench bench;
    private final CredentialVault vault;
    private final DelegationBounds bounds;

    public Credentials(Workbench bench, CredentialVault vault, DelegationBounds bounds) {
        this.bench = bench;
        this.vault = vault;
        this.bounds = bounds;
    }

    private static Target target(String userId) {
        return Target.of("target.credential.user_id", userId).with("user_id", userId);
    }

    /// @throws NotFound no such credential, said only to a caller whom the rule lets see it
    Credential get(Caller caller, String rule, String id) {
        var found = bench.db().read(tx -> new CredentialStore(tx).find(id));
        bench.policy().require(caller, rule, found.map(c -> target(c.userId())).orElse(Target.NONE));
        return found.map(this::open).orElseThrow(() -> Words.notFound("credential", id));
    }

    /// Everybody sees what the rule lets them see, one by one.
    List<Credential> list(Caller caller, Optional<String> userId, Optional<String> type) {
        bench.policy().require(caller, "identity:list_credentials", target(caller.userId()));
        return bench.db().read(tx -> new CredentialStore(tx).list(userId, type)).stream()
                .filter(c -> bench.policy().allows(caller, "identity:get_credential", target(c.userId())))
                .map(this::open)
                .toList();
    }

    Credential create(Caller caller, ObjectNode body) {
        var userId = body.path("user_id").asString();
        bench.policy().require(caller, "identity:create_credential", target(userId));
        bounds.requireUnrestricted(caller);
        var type = body.path("type").asString();
        var blob = body.path("blob").asString();
        return store(
                caller,
                new Credential(
                        type.equals(EC2) ? ec2Id(blob) : bench.ids().next(),
                        userId,
                        Fields.text(body, "project_id"),
                        type,
                        blob,
                        Fields.extra(body, KNOWN)));
    }

    /// @throws Invalid an EC2 credential without a project, or whose blob has no access key
    Credential store(Caller caller, Credential credential) {
        if (credential.type().equals(EC2) && credential.projectId().isEmpty())
            throw Words.expecting("project_id", "credential");
        var sealed = seal(credential);
        bench.db().write(tx -> {
            var store = new CredentialStore(tx);
            if (store.find(credential.id()).isPresent())
                throw Words.conflict("credential", "Duplicate entry found with ID " + credential.id());
            store.insert(sealed);
            bench.tell(tx, caller, "credential", "created", credential.id());
        });
        return credential;
    }

    Credential update(Caller caller, String id, ObjectNode body) {
        var old = get(caller, "identity:update_credential", id);
        var userId = Fields.text(body, "user_id").orElse(old.userId());
        bench.policy().require(caller, "identity:update_credential", target(userId));
        var next = new Credential(
                id,
                userId,
                body.has("project_id") ? Fields.text(body, "project_id") : old.projectId(),
                Fields.text(body, "type").orElse(old.type()),
                Fields.text(body, "blob").orElse(old.blob()),
                Fields.merge(old.extra(), Fields.extra(body, KNOWN)));
        if (next.type().equals(EC2) && next.projectId().isEmpty()) throw Words.expecting("project_id", "credential");
        var sealed = seal(next);
        bench.db().write(tx -> {
            new CredentialStore(tx).update(sealed);
            bench.tell(tx, caller, "credential", "updated", id);
        });
        return next;
    }

    void delete(Caller caller, String rule, String id) {
        get(caller, rule, id);
        remove(caller, id);
    }

    private void remove(Caller caller, String id) {
        bench.db().write(tx -> {
            new CredentialStore(tx).delete(id);
            bench.tell(tx, caller, "credential", "deleted", id);
        });
    }

    /// A new pair of EC2 keys.
    Credential createEc2(Caller caller, String userId, String projectId) {
        bench.policy().require(caller, "identity:ec2_create_credential", target(userId));
        bounds.requireUnrestricted(caller);
        bench.db().read(tx -> {
            if (new UserStore(tx).find(userId).isEmpty()) throw Words.notFound("user", userId);
            if (new ProjectStore(tx).find(projectId).isEmpty()) throw Words.notFound("project", projectId);
            return true;
        });
        var access = bench.ids().next();
        var blob = Json.object().put("access", access).put("secret", bench.ids().next());
        blob.putNull("trust_id");
        return store(
                caller,
                new Credential(hash(access), userId, Optional.of(projectId), EC2, Json.text(blob), Json.object()));
    }

    /// A key pair. Its owner decides who may see it, not the user in the path, who only has to exist; one that is not
    /// there is so for everybody, as with Keystone.
    ///
    /// @throws Unauthorized the credential is not one of EC2
    Credential ec2(Caller caller, String rule, String userId, String access) {
        return bench.db().read(tx -> {
            var found =
                    new CredentialStore(tx).find(hash(access)).orElseThrow(() -> Words.notFound("credential", access));
            bench.policy().require(caller, rule, target(found.userId()));
            if (new UserStore(tx).find(userId).isEmpty()) throw Words.notFound("user", userId);
            if (!found.type().equals(EC2))
                throw new Unauthorized("EC2 access key not found.", "credential of type " + found.type());
            return open(found);
        });
    }

    void deleteEc2(Caller caller, String userId, String access) {
        remove(
                caller,
                ec2(caller, "identity:ec2_delete_credential", userId, access).id());
    }

    List<Credential> listEc2(Caller caller, String userId) {
        bench.policy().require(caller, "identity:ec2_list_credentials", target(userId));
        return bench.db().read(tx -> {
            if (new UserStore(tx).find(userId).isEmpty()) throw Words.notFound("user", userId);
            return new CredentialStore(tx)
                    .list(Optional.of(userId), Optional.of(EC2)).stream()
                            .map(this::open)
                            .toList();
        });
    }

    /// @return the id of the credential that holds this access key
    static String hash(String access) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(access.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ec2Id(String blob) {
        ObjectNode keys;
        try {
            if (!(Json.parse(blob.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode object))
                throw new Invalid("Invalid blob in credential");
            keys = object;
        } catch (Invalid e) {
            throw new Invalid("Invalid blob in credential");
        }
        return hash(Fields.text(keys, "access").orElseThrow(() -> new Invalid("Invalid blob in credential")));
    }

    private Sealed seal(Credential c) {
        var box = vault.seal(c.blob(), bench.now());
        return new Sealed(c.id(), c.userId(), c.projectId(), c.type(), box.text(), box.keyHash(), c.extra());
    }

    private Credential open(Sealed s) {
        return new Credential(s.id(), s.userId(), s.projectId(), s.type(), vault.open(s), s.extra());
    }
}
