package cloud.yun.identity.ldap;

import cloud.yun.kernel.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.directory.SearchResult;

/// How a directory's entries are groups: tree, filter, attributes, and who is a member.
final class GroupEntries {
    private final Config config;
    private final String tree;
    private final Map<String, String> additional;

    GroupEntries(Config config) {
        this.config = config;
        var own = config.get(LdapOptions.GROUP_TREE);
        tree = own.isEmpty() ? "ou=UserGroups," + config.get(LdapOptions.SUFFIX) : own;
        if (Directory.name(tree).isEmpty()) throw new Config.Wrong("[ldap] group_tree_dn: '" + tree + "' is no DN");
        additional = Entries.additional(config.get(LdapOptions.GROUP_ADDITIONAL));
    }

    String tree() {
        return tree;
    }

    String idAttribute() {
        return config.get(LdapOptions.GROUP_ID);
    }

    String nameAttribute() {
        return config.get(LdapOptions.GROUP_NAME);
    }

    boolean membersAreIds() {
        return config.get(LdapOptions.GROUP_MEMBERS_ARE_IDS);
    }

    boolean nested() {
        return config.get(LdapOptions.GROUP_AD_NESTING);
    }

    LdapFilter within(LdapFilter filter) {
        var parts = new ArrayList<LdapFilter>();
        parts.add(LdapFilter.equal("objectClass", config.get(LdapOptions.GROUP_CLASS)));
        var configured = config.get(LdapOptions.GROUP_FILTER);
        if (!configured.isBlank()) parts.add(LdapFilter.trusted(configured));
        parts.add(filter);
        return LdapFilter.all(parts);
    }

    /// The groups that a user is in.
    LdapFilter having(UserEntry user) {
        if (nested()) return LdapFilter.inChain("member", user.dn());
        return LdapFilter.equal(config.get(LdapOptions.GROUP_MEMBER), membersAreIds() ? user.localId() : user.dn());
    }

    List<String> attributes() {
        var all = new ArrayList<>(List.of(idAttribute(), nameAttribute()));
        if (!config.get(LdapOptions.GROUP_DESCRIPTION).isEmpty()) all.add(config.get(LdapOptions.GROUP_DESCRIPTION));
        all.addAll(additional.keySet());
        return all;
    }

    List<String> attributesWithMembers() {
        var all = new ArrayList<>(attributes());
        all.add(config.get(LdapOptions.GROUP_MEMBER));
        return all;
    }

    /// @return empty for an entry without an id or a name: it is none of our groups
    Optional<GroupEntry> read(SearchResult entry) {
        var id = Entries.id(entry, idAttribute());
        var name = Entries.first(entry, nameAttribute());
        if (id.isEmpty() || name.isEmpty()) return Optional.empty();
        var extra = new LinkedHashMap<String, String>();
        additional.forEach((theirs, ours) -> Entries.first(entry, theirs).ifPresent(v -> extra.put(ours, v)));
        var description = config.get(LdapOptions.GROUP_IGNORE).contains("description")
                ? ""
                : Entries.first(entry, config.get(LdapOptions.GROUP_DESCRIPTION))
                        .orElse("");
        var members = new LinkedHashSet<String>();
        for (var member : Entries.values(entry, config.get(LdapOptions.GROUP_MEMBER)))
            members.add(membersAreIds() ? member : Directory.normal(member));
        return Optional.of(
                new GroupEntry(id.get(), entry.getNameInNamespace(), name.get(), description, extra, members));
    }
}
