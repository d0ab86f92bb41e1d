package cloud.yun.identity.ldap;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.config.Config;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.directory.SearchControls;
import javax.naming.ldap.LdapName;

/// The users and groups of one domain, as its LDAP directory has them now. Reads only.
///
/// Every method throws [Unavailable] when the servers do not answer in time.
final class Directory implements AutoCloseable {
    /// So many entries are asked for by id in one search.
    private static final int TOGETHER = 100;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final LdapServer server;
    private final UserEntries users;
    private final GroupEntries groups;
    private final int scope;

    /// @param domain its name, for errors
    /// @throws Config.Wrong an option that cannot be
    Directory(String domain, Config config) {
        scope = switch (config.get(LdapOptions.QUERY_SCOPE)) {
            case "one" -> SearchControls.ONELEVEL_SCOPE;
            case "sub" -> SearchControls.SUBTREE_SCOPE;
            default -> throw new Config.Wrong("[ldap] query_scope is one or sub");
        };
        users = new UserEntries(config);
        groups = new GroupEntries(config);
        server = new LdapServer(domain, config);
    }

    Optional<UserEntry> userById(String localId) {
        return users(LdapFilter.equal(users.idAttribute(), localId)).stream().findFirst();
    }

    /// Names are compared as the directory compares them, for most attributes without regard to case.
    Optional<UserEntry> userByName(String name) {
        return users(LdapFilter.equal(users.nameAttribute(), name)).stream().findFirst();
    }

    /// @return the users that pass the filters on names; other filters are the caller's
    List<UserEntry> users(Filters filters) {
        return users(Names.filter(users.nameAttribute(), filters));
    }

    List<UserEntry> usersByIds(Collection<String> localIds) {
        var found = new ArrayList<UserEntry>();
        for (var some : portions(localIds))
            found.addAll(users(LdapFilter.any(some.stream()
                    .map(id -> LdapFilter.equal(users.idAttribute(), id))
                    .toList())));
        return found;
    }

    private List<UserEntry> users(LdapFilter filter) {
        var found = new ArrayList<UserEntry>();
        var enabled = users.emulation().map(this::enabledMembers);
        server.search(
                new LdapServer.Place(users.tree(), scope),
                users.within(filter),
                users.attributes(),
                r -> users.read(r, enabled).ifPresent(found::add));
        return found;
    }

    private Set<LdapName> enabledMembers(UserEntries.Emulation emulation) {
        var members = new LinkedHashSet<LdapName>();
        server.search(
                new LdapServer.Place(emulation.dn(), SearchControls.OBJECT_SCOPE),
                LdapFilter.present("objectClass"),
                List.of(emulation.memberAttribute()),
                r -> Entries.values(r, emulation.memberAttribute()).forEach(m -> name(m).ifPresent(members::add)));
        return members;
    }

    /// Whether the password is the user's. For an unknown user the server is asked for nobody's password, so
    /// that the time of the answer does not tell.
    boolean authenticate(Optional<UserEntry> user, String password) {
        if (user.isPresent()) return server.bind(user.get().dn(), password);
        var nobody = new byte[16];
        RANDOM.nextBytes(nobody);
        server.bind(users.idAttribute() + "=" + HexFormat.of().formatHex(nobody) + "," + users.tree(), password);
        return false;
    }

    Optional<GroupEntry> groupById(String localId) {
        return groups(LdapFilter.equal(groups.idAttribute(), localId), false).stream()
                .findFirst();
    }

    List<GroupEntry> groups(Filters filters) {
        return groups(Names.filter(groups.nameAttribute(), filters), false);
    }

    /// @return all groups, with the members that stand in their entries
    List<GroupEntry> groupsWithMembers() {
        return groups(LdapFilter.present(groups.idAttribute()), true);
    }

    boolean nested() {
        return groups.nested();
    }

    private List<GroupEntry> groups(LdapFilter filter, boolean members) {
        var found = new ArrayList<GroupEntry>();
        server.search(
                new LdapServer.Place(groups.tree(), scope),
                groups.within(filter),
                members ? groups.attributesWithMembers() : groups.attributes(),
                r -> groups.read(r).ifPresent(found::add));
        return found;
    }

    List<GroupEntry> groupsOf(UserEntry user) {
        return groups(groups.having(user), false);
    }

    boolean isMember(GroupEntry group, UserEntry user) {
        return group.members().contains(groups.membersAreIds() ? user.localId() : normal(user.dn()));
    }

    /// @param group its local id
    List<UserEntry> members(String group) {
        if (groups.nested())
            return groupById(group)
                    .map(g -> users(LdapFilter.inChain("memberOf", g.dn())))
                    .orElse(List.of());
        var found = groups(LdapFilter.equal(groups.idAttribute(), group), true);
        if (found.isEmpty()) return List.of();
        var members = found.getFirst().members();
        if (groups.membersAreIds()) return usersByIds(members);
        var byId = new ArrayList<String>();
        var all = new ArrayList<UserEntry>();
        for (var dn : members) {
            var name = name(dn).filter(n -> n.startsWith(name(users.tree()).orElseThrow()));
            if (name.isEmpty() || name.get().isEmpty()) continue;
            var first = name.get().getRdn(name.get().size() - 1);
            if (first.getType().equalsIgnoreCase(users.idAttribute()))
                byId.add(first.getValue().toString());
            else all.addAll(byDn(dn));
        }
        all.addAll(usersByIds(byId));
        return all;
    }

    private List<UserEntry> byDn(String dn) {
        var found = new ArrayList<UserEntry>();
        var enabled = users.emulation().map(this::enabledMembers);
        server.search(
                new LdapServer.Place(dn, SearchControls.OBJECT_SCOPE),
                users.within(LdapFilter.present(users.idAttribute())),
                users.attributes(),
                r -> users.read(r, enabled).ifPresent(found::add));
        return found;
    }

    static Optional<LdapName> name(String dn) {
        try {
            return Optional.of(new LdapName(dn));
        } catch (InvalidNameException e) {
            return Optional.empty(); // a member that is no DN is nobody
        }
    }

    /// One spelling for each DN: servers keep spaces and case as they were written.
    static String normal(String dn) {
        return name(dn).map(n -> n.toString().toLowerCase(java.util.Locale.ROOT))
                .orElse(dn);
    }

    private static List<List<String>> portions(Collection<String> all) {
        var list = List.copyOf(all);
        var found = new ArrayList<List<String>>();
        for (int from = 0; from < list.size(); from += TOGETHER)
            found.add(list.subList(from, Math.min(list.size(), from + TOGETHER)));
        return found;
    }

    @Override
    public void close() {
        server.close();
    }
}
