package cloud.yun.identity.credential;

import cloud.yun.identity.credential.CredentialStore.Sealed;
import cloud.yun.identity.token.Fernet;
import cloud.yun.identity.token.FernetKeys;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Seals the secrets of credentials and opens them, for those who check a login against them.
public final class CredentialVault {
    private final FernetKeys keys;

    public CredentialVault(FernetKeys keys) {
        this.keys = keys;
    }

    /// A pair of EC2 keys.
    ///
    /// @param blob all that the credential holds: `secret`, `trust_id` ...
    public record Ec2Keys(String userId, String projectId, ObjectNode blob) {
        @Override
        public String toString() {
            return "Ec2Keys[of " + userId + "]";
        }
    }

    /// @return the secrets of the user's credentials of that type, for example `totp`
    public List<String> secrets(Tx tx, String userId, String type) {
        return new CredentialStore(tx)
                .list(Optional.of(userId), Optional.of(type)).stream()
                        .map(this::open)
                        .toList();
    }

    public Optional<Ec2Keys> ec2(Tx tx, String access) {
        return new CredentialStore(tx)
                .find(Credentials.hash(access))
                .filter(c -> c.type().equals(Credentials.EC2))
                .flatMap(c ->
                        keys(c).map(k -> new Ec2Keys(c.userId(), c.projectId().orElse(""), k)));
    }

    /// @return empty for a secret that an update has made something else
    private Optional<ObjectNode> keys(Sealed s) {
        try {
            return Json.parse(open(s).getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode found
                    ? Optional.of(found)
                    : Optional.empty();
        } catch (Invalid e) {
            return Optional.empty();
        }
    }

    /// A secret under the primary key.
    ///
    /// @param keyHash tells the key
    record Box(String text, String keyHash) {}

    Box seal(String secret, Instant now) {
        var key = keys.primary();
        // Keystone keeps the padding here, unlike in tokens.
        var token = Fernet.seal(key, secret.getBytes(StandardCharsets.UTF_8), now);
        return new Box(token + "=".repeat((4 - token.length() % 4) % 4), key.hash());
    }

    String open(Sealed s) {
        var blob = Fernet.open(keys.all(), s.sealedBlob())
                .orElseThrow(() -> new IllegalStateException("credential " + s.id() + " opens with no key"));
        return new String(blob.plain(), StandardCharsets.UTF_8);
    }
}
