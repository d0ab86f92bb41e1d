package cloud.yun.identity.user;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param extra attributes that clients added: `email`, `description` ...
/// @param options Keystone's per-user options, by their API names
/// @param passwordExpiresAt when the password in force ends; empty for never, and for a user without a password
public record User(
        String id,
        String domainId,
        String name,
        boolean enabled,
        Optional<String> defaultProjectId,
        ObjectNode extra,
        ObjectNode options,
        Optional<Instant> passwordExpiresAt) {}
