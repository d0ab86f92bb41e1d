package cloud.yun.identity.ldap;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/// The id that the API shows for an entry of a directory: Keystone's sha256 generator, so that assignments made
/// with Keystone still fit.
///
/// @param localId the value of the entry's id attribute
record PublicId(String domainId, Kind kind, String localId) {
    private static final int LENGTH = 64;

    enum Kind {
        USER,
        GROUP;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Whether an id could be one of these; other ids are never looked up.
    static boolean possible(String id) {
        return id.length() == LENGTH;
    }

    /// @return 64 hex digits
    String text() {
        try {
            // Keystone hashes the values in the order of their keys: domain_id, entity_type, local_id.
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest((domainId + kind.wire() + localId).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
