package cloud.yun.identity.ldap;

import java.util.Map;
import java.util.Set;

/// A group as the directory has it.
///
/// @param members local ids or DNs in one spelling, as far as they were asked for
record GroupEntry(
        String localId, String dn, String name, String description, Map<String, String> extra, Set<String> members) {}
