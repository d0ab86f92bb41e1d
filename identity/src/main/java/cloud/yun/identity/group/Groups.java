package cloud.yun.identity.group;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.ldap.Directories;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.identity.user.Users;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of groups. What a group may, its members may at once; who leaves it may not any more.
public final class Groups {
    private static final Set<String> KNOWN = Set.of("id", "name", "domain_id", "description", "links");

    private final Workbench bench;
    private final Users users;
    private final Directories directories;

    public Groups(Workbench bench, Users users, Directories directories) {
        this.directories = directories;
        this.bench = bench;
        this.users = users;
    }

    private static Target target(Optional<Group> group) {
        return group.map(g -> Target.of("target.group.id", g.id()).with("target.group.domain_id", g.domainId()))
                .orElse(Target.NONE);
    }

    /// @throws NotFound no such group, said only to a caller whom the rule lets see it
    Group get(Caller caller, String rule, String id) {
        var found = bench.db().read(tx -> new GroupStore(tx).find(id));
        bench.policy().require(caller, rule, target(found));
        return found.orElseThrow(() -> Words.notFound("group", id));
    }

    Filters.Page<Group> list(Caller caller, Filters filters) {
        var domain = caller.domain().map(Caller.Domain::id).orElse(null);
        bench.policy().require(caller, "identity:list_groups", Target.NONE.with("target.group.domain_id", domain));
        var own = directories.oneDomain(caller, Workbench.ownDomain(caller, filters));
        var domainId = own.equal().getOrDefault("domain_id", "");
        if (directories.serves(domainId)) return directories.groups(domainId, own);
        return own.cut(bench.db().read(tx -> new GroupStore(tx).list(own)), Group::id);
    }

    Group create(Caller caller, ObjectNode body) {
        var domainId = Workbench.domainOf(body, caller);
        bench.policy().require(caller, "identity:create_group", Target.of("target.group.domain_id", domainId));
        directories.writable(domainId);
        var group = new Group(
                bench.ids().next(),
                domainId,
                Fields.text(body, "name").orElseThrow().strip(),
                Fields.text(body, "description").orElse(""),
                Fields.extra(body, KNOWN));
        bench.epoch().write(tx -> {
            if (new ProjectStore(tx).domain(domainId).isEmpty()) throw Words.notFound("domain", domainId);
            unique(new GroupStore(tx), group);
            new GroupStore(tx).insert(group);
            bench.tell(tx, caller, "group", "created", group.id());
        });
        return group;
    }

    private static void unique(GroupStore store, Group group) {
        var there = store.byName(group.domainId(), group.name());
        if (there.isPresent() && !there.get().id().equals(group.id()))
            throw Words.duplicateName("group", group.name(), group.domainId());
    }

    Group update(Caller caller, String id, ObjectNode body) {
        var seen = get(caller, "identity:update_group", id);
        Workbench.sameDomain(body, seen.domainId());
        directories.writable(seen);
        return bench.epoch().change(tx -> {
            var store = new GroupStore(tx);
            var old = store.find(id).orElseThrow(() -> Words.notFound("group", id));
            var next = new Group(
                    id,
                    old.domainId(),
                    Fields.text(body, "name").map(String::strip).orElse(old.name()),
                    body.has("description") ? Fields.text(body, "description").orElse("") : old.description(),
                    Fields.merge(old.extra(), Fields.extra(body, KNOWN)));
            unique(store, next);
            store.update(next);
            bench.tell(tx, caller, "group", "updated", id);
            return next;
        });
    }

    void delete(Caller caller, String id) {
        // Keystone looks for the group first here, and only here: one that is not there is so for everybody
        if (bench.db().read(tx -> new GroupStore(tx).find(id)).isEmpty()) throw Words.notFound("group", id);
        directories.writable(get(caller, "identity:delete_group", id));
        bench.epoch().write(tx -> {
            new AssignmentStore(tx).removeActor(Actor.group(id));
            new GroupStore(tx).delete(id);
            bench.tell(tx, caller, "group", "deleted", id);
        });
    }

    List<Group> ofUser(Caller caller, String userId, Filters filters) {
        users.get(caller, "identity:list_groups_for_user", userId);
        var name = Optional.ofNullable(filters.name().get("equals"));
        return bench.db().read(tx -> new GroupStore(tx).ofUser(userId)).stream()
                .filter(g -> name.map(n -> n.equals(g.name())).orElse(true))
                .filter(g -> seenBy(caller, g.domainId()))
                .toList();
    }

    /// A domain's token sees of such lists what is that domain's, whatever its roles.
    private static boolean seenBy(Caller caller, String domainId) {
        return caller.domain().map(d -> d.id().equals(domainId)).orElse(true);
    }

    List<User> members(Request request, String id) {
        var group = get(request.caller(), "identity:list_users_in_group", id);
        return directories.members(group, Filters.of(request)).orElseGet(() -> users.ofGroup(id, request)).stream()
                .filter(u -> seenBy(request.caller(), u.domainId()))
                .toList();
    }

    void addMember(Caller caller, String id, String userId) {
        writable(both(caller, "identity:add_user_to_group", id, userId));
        bench.epoch().write(tx -> new GroupStore(tx).addMember(id, userId));
    }

    /// @throws NotFound the user is not in the group
    void checkMember(Caller caller, String id, String userId) {
        both(caller, "identity:check_user_in_group", id, userId);
        if (!bench.db().read(tx -> new GroupStore(tx).isMember(id, userId))) throw noMember(id, userId);
    }

    void removeMember(Caller caller, String id, String userId) {
        writable(both(caller, "identity:remove_user_from_group", id, userId));
        if (!bench.epoch().change(tx -> new GroupStore(tx).removeMember(id, userId))) throw noMember(id, userId);
    }

    private static NotFound noMember(String id, String userId) {
        return new NotFound("User '" + userId + "' not found in group '" + id + "'");
    }

    private record Found(Optional<Group> group, Optional<User> user) {}

    private void writable(Found found) {
        var group = found.group().orElseThrow();
        directories.sameBackEnd(found.user().orElseThrow(), group);
        directories.writable(group);
    }

    private Found both(Caller caller, String rule, String id, String userId) {
        var found = bench.db().read(tx -> new Found(new GroupStore(tx).find(id), new UserStore(tx).find(userId)));
        bench.policy()
                .require(
                        caller,
                        rule,
                        target(found.group())
                                .with(
                                        "target.user.domain_id",
                                        found.user().map(User::domainId).orElse(null)));
        if (found.user().isEmpty()) throw Words.notFound("user", userId);
        if (found.group().isEmpty()) throw Words.notFound("group", id);
        return found;
    }
}
