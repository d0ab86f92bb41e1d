package cloud.yun.identity.ldap;

import cloud.yun.kernel.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.LdapName;

/// How a directory's entries are users: tree, filter, attributes, and who is enabled.
final class UserEntries {
    /// Enabled are the members of this group.
    record Emulation(String dn, String memberAttribute) {}

    private final Config config;
    private final String tree;
    private final Map<String, String> additional;

    UserEntries(Config config) {
        this.config = config;
        var own = config.get(LdapOptions.USER_TREE);
        tree = own.isEmpty() ? "ou=Users," + config.get(LdapOptions.SUFFIX) : own;
        if (Directory.name(tree).isEmpty()) throw new Config.Wrong("[ldap] user_tree_dn: '" + tree + "' is no DN");
        additional = Entries.additional(config.get(LdapOptions.USER_ADDITIONAL));
    }

    String tree() {
        return tree;
    }

    String idAttribute() {
        return config.get(LdapOptions.USER_ID);
    }

    String nameAttribute() {
        return config.get(LdapOptions.USER_NAME);
    }

    private boolean reads(String ours) {
        return !config.get(LdapOptions.USER_IGNORE).contains(ours);
    }

    Optional<Emulation> emulation() {
        if (!config.get(LdapOptions.USER_ENABLED_EMULATION) || !reads("enabled")) return Optional.empty();
        var dn = config.get(LdapOptions.USER_ENABLED_EMULATION_DN);
        boolean asGroups = config.get(LdapOptions.USER_EMULATION_GROUP_CONFIG);
        return Optional.of(new Emulation(
                dn.isEmpty() ? "cn=enabled_users," + tree : dn,
                asGroups ? config.get(LdapOptions.GROUP_MEMBER) : "member"));
    }

    LdapFilter within(LdapFilter filter) {
        var parts = new ArrayList<LdapFilter>();
        parts.add(LdapFilter.equal("objectClass", config.get(LdapOptions.USER_CLASS)));
        var configured = config.get(LdapOptions.USER_FILTER);
        if (!configured.isBlank()) parts.add(LdapFilter.trusted(configured));
        parts.add(filter);
        return LdapFilter.all(parts);
    }

    List<String> attributes() {
        var all = new ArrayList<>(List.of(idAttribute(), nameAttribute()));
        for (var option : List.of(
                LdapOptions.USER_DESCRIPTION,
                LdapOptions.USER_MAIL,
                LdapOptions.USER_ENABLED,
                LdapOptions.USER_DEFAULT_PROJECT)) if (!config.get(option).isEmpty()) all.add(config.get(option));
        all.addAll(additional.keySet());
        return all;
    }

    /// @param enabledMembers of the emulation's group, if there is one
    /// @return empty for an entry without an id or a name: it is none of our users
    Optional<UserEntry> read(SearchResult entry, Optional<Set<LdapName>> enabledMembers) {
        var id = Entries.id(entry, idAttribute());
        var name = Entries.first(entry, nameAttribute());
        if (id.isEmpty() || name.isEmpty()) return Optional.empty();
        var dn = entry.getNameInNamespace();
        boolean enabled = enabledMembers
                .map(all -> Directory.name(dn).map(all::contains).orElse(false))
                .orElseGet(() -> enabled(Entries.first(entry, config.get(LdapOptions.USER_ENABLED))));
        var project = reads("default_project_id")
                ? Entries.first(entry, config.get(LdapOptions.USER_DEFAULT_PROJECT))
                : Optional.<String>empty();
        return Optional.of(new UserEntry(id.get(), dn, name.get(), enabled, project, extra(entry)));
    }

    private Map<String, String> extra(SearchResult entry) {
        var extra = new LinkedHashMap<String, String>();
        if (reads("email"))
            Entries.first(entry, config.get(LdapOptions.USER_MAIL)).ifPresent(v -> extra.put("email", v));
        if (reads("description"))
            Entries.first(entry, config.get(LdapOptions.USER_DESCRIPTION)).ifPresent(v -> extra.put("description", v));
        additional.forEach((theirs, ours) -> Entries.first(entry, theirs).ifPresent(v -> extra.put(ours, v)));
        return extra;
    }

    private boolean enabled(Optional<String> attribute) {
        if (!reads("enabled")) return true;
        var value = attribute.orElse(config.get(LdapOptions.USER_ENABLED_DEFAULT));
        int mask = config.get(LdapOptions.USER_ENABLED_MASK);
        if (mask != 0) {
            try {
                return (Integer.parseInt(value.strip()) & mask) != mask;
            } catch (NumberFormatException e) {
                return false; // what cannot be read lets nobody in
            }
        }
        return value.equalsIgnoreCase("true") != config.get(LdapOptions.USER_ENABLED_INVERT);
    }
}
