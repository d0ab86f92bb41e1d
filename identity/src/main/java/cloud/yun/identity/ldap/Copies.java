package cloud.yun.identity.ldap;

import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.group.Group;
import cloud.yun.identity.group.GroupStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Copies of directories' users and groups in our own tables: of those whom tokens and role assignments need.
///
/// So all that rests on users (tokens, assignments, credentials, trusts) works in one transaction and asks no
/// directory. A copy is written when its user logs in or is named in a request, and kept fresh by
/// [DirectoryRefresh]. Who has left the directory stays here disabled: its assignments are the operator's to
/// take, for a directory may also lose people by a wrong filter.
final class Copies {
    private final Database db;
    private final Epoch epoch;
    private final Clock clock;

    Copies(Database db, Epoch epoch, Clock clock) {
        this.db = db;
        this.epoch = epoch;
        this.clock = clock;
    }

    static User user(String domainId, UserEntry entry) {
        return new User(
                new PublicId(domainId, PublicId.Kind.USER, entry.localId()).text(),
                domainId,
                entry.name(),
                entry.enabled(),
                entry.defaultProjectId(),
                object(entry.extra()),
                Json.object(),
                Optional.empty());
    }

    static Group group(String domainId, GroupEntry entry) {
        return new Group(
                new PublicId(domainId, PublicId.Kind.GROUP, entry.localId()).text(),
                domainId,
                entry.name(),
                entry.description(),
                object(entry.extra()));
    }

    private static ObjectNode object(Map<String, String> values) {
        var node = Json.object();
        values.forEach(node::put);
        return node;
    }

    /// A user, and the groups that it is in now. Nothing is written when nothing has changed.
    ///
    /// @throws Conflict a user of the database, not of a directory, has this name in the domain
    User keep(String domainId, UserEntry entry, Collection<GroupEntry> groups) {
        var user = user(domainId, entry);
        var in = groups.stream().map(g -> group(domainId, g)).toList();
        if (db.read(tx -> isKept(tx, user, in))) return user;
        Consumer<Tx> write = tx -> {
            new MappingStore(tx).add(List.of(new PublicId(domainId, PublicId.Kind.USER, entry.localId())));
            put(tx, user);
            for (var group : groups)
                new MappingStore(tx).add(List.of(new PublicId(domainId, PublicId.Kind.GROUP, group.localId())));
            in.forEach(g -> put(tx, g));
            members(tx, user.id(), in);
        };
        // Nothing that is remembered can rest on a user who is new and whose name nobody had: many first logins must
        // not make all tokens of the cloud be read anew.
        if (db.read(tx -> isNew(tx, user, in))) db.write(write);
        else epoch.write(write);
        return user;
    }

    private static boolean isNew(Tx tx, User user, List<Group> in) {
        var users = new UserStore(tx);
        return users.find(user.id()).isEmpty()
                && users.byName(user.domainId(), user.name()).isEmpty()
                && in.stream().allMatch(g -> isKept(tx, g));
    }

    Group keep(String domainId, GroupEntry entry) {
        var group = group(domainId, entry);
        if (db.read(tx -> isKept(tx, group))) return group;
        epoch.write(tx -> {
            new MappingStore(tx).add(List.of(new PublicId(domainId, PublicId.Kind.GROUP, entry.localId())));
            put(tx, group);
        });
        return group;
    }

    /// The entry is not in the directory any more.
    void gone(PublicId id) {
        switch (id.kind()) {
            case USER -> {
                var there = db.read(tx -> new UserStore(tx).find(id.text()));
                if (there.isEmpty() || !there.get().enabled()) return;
                epoch.write(tx -> {
                    var users = new UserStore(tx);
                    users.find(id.text()).ifPresent(u -> users.update(disabled(u, u.name())));
                    members(tx, id.text(), List.of());
                });
            }
            case GROUP -> {
                if (db.read(tx -> new GroupStore(tx).members(id.text())).isEmpty()) return;
                epoch.write(tx -> {
                    var groups = new GroupStore(tx);
                    for (var user : groups.members(id.text())) groups.removeMember(id.text(), user);
                });
            }
        }
    }

    private static User disabled(User u, String name) {
        return new User(
                u.id(),
                u.domainId(),
                name,
                false,
                u.defaultProjectId(),
                u.extra(),
                u.options(),
                u.passwordExpiresAt(),
                u.seenAt());
    }

    private static boolean isKept(Tx tx, User user, List<Group> in) {
        var there = new UserStore(tx).find(user.id());
        return there.isPresent()
                && same(there.get(), user)
                && in.stream().allMatch(g -> isKept(tx, g))
                && memberships(tx, user.id()).equals(ids(in));
    }

    private static boolean same(User a, User b) {
        return a.name().equals(b.name())
                && a.enabled() == b.enabled()
                && a.defaultProjectId().equals(b.defaultProjectId())
                && a.extra().equals(b.extra());
    }

    private static boolean isKept(Tx tx, Group group) {
        return new GroupStore(tx).find(group.id()).map(group::equals).orElse(false);
    }

    private static Set<String> ids(List<Group> groups) {
        return new LinkedHashSet<>(groups.stream().map(Group::id).toList());
    }

    private static Set<String> memberships(Tx tx, String userId) {
        return ids(new GroupStore(tx).ofUser(userId));
    }

    private void put(Tx tx, User user) {
        var users = new UserStore(tx);
        var namesake = users.byName(user.domainId(), user.name()).filter(u -> !u.id().equals(user.id()));
        if (namesake.isPresent()) {
            var other = namesake.get();
            if (new MappingStore(tx).find(other.id(), PublicId.Kind.USER).isEmpty())
                throw Words.duplicateName("user", user.name(), user.domainId());
            // Renamed or replaced in the directory: the name is the newer one's.
            users.update(disabled(other, other.id()));
        }
        if (users.find(user.id()).isPresent()) users.update(user);
        else users.insert(user, clock.instant());
    }

    private static void put(Tx tx, Group group) {
        var groups = new GroupStore(tx);
        var namesake = groups.byName(group.domainId(), group.name()).filter(g -> !g.id().equals(group.id()));
        if (namesake.isPresent()) {
            var other = namesake.get();
            if (new MappingStore(tx).find(other.id(), PublicId.Kind.GROUP).isEmpty())
                throw Words.duplicateName("group", group.name(), group.domainId());
            groups.update(new Group(other.id(), other.domainId(), other.id(), other.description(), other.extra()));
        }
        if (groups.find(group.id()).isPresent()) groups.update(group);
        else groups.insert(group);
    }

    private static void members(Tx tx, String userId, List<Group> in) {
        var groups = new GroupStore(tx);
        var left = new ArrayList<>(memberships(tx, userId));
        left.removeAll(ids(in));
        left.forEach(g -> groups.removeMember(g, userId));
        in.forEach(g -> groups.addMember(g.id(), userId));
    }
}
