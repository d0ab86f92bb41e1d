package cloud.yun.identity.ldap;

import java.util.Map;
import java.util.Optional;

/// A user as the directory has it.
///
/// @param extra what the API shows besides: `email`, `description`, additional attributes
record UserEntry(
        String localId,
        String dn,
        String name,
        boolean enabled,
        Optional<String> defaultProjectId,
        Map<String, String> extra) {}
