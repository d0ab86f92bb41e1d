package cloud.yun.identity.user;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param extra attributes that clients added: `email`, `description` ...
/// @param options Keystone's per-user options, by their API names; read them by `UserOptions`
/// @param passwordExpiresAt when the password in force ends; empty for never, and for a user without a password
/// @param seenAt the last login, or when the user was made; empty for a user of a directory that is not ours
public record User(
        String id,
        String domainId,
        String name,
        boolean enabled,
        Optional<String> defaultProjectId,
        ObjectNode extra,
        ObjectNode options,
        Optional<Instant> passwordExpiresAt,
        Optional<Instant> seenAt) {
    public User(
            String id,
            String domainId,
            String name,
            boolean enabled,
            Optional<String> defaultProjectId,
            ObjectNode extra,
            ObjectNode options,
            Optional<Instant> passwordExpiresAt) {
        this(id, domainId, name, enabled, defaultProjectId, extra, options, passwordExpiresAt, Optional.empty());
    }

    User disabled() {
        return new User(id, domainId, name, false, defaultProjectId, extra, options, passwordExpiresAt, seenAt);
    }
}
