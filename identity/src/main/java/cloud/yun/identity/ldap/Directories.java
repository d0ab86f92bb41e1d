package cloud.yun.identity.ldap;

import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.group.Group;
import cloud.yun.identity.ldap.PublicId.Kind;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Which domains have their users and groups in a directory, and what is asked of those.
///
/// Lists and logins ask the directory; what refers to one user or group goes by its copy ([Copies]), which
/// [#see] makes fresh before the request that names it. Every method throws [Unavailable] when the domain's
/// servers do not answer or its configuration is wrong; other domains are not touched by that.
public final class Directories implements AutoCloseable {
    /// @param wrong why there is none, in the operator's words
    private record Loaded(Optional<String> text, Optional<Directory> directory, Optional<String> wrong) {}

    private final Database db;
    private final Optional<DomainConfigs> configs;
    private final Copies copies;
    private final ConcurrentHashMap<String, Loaded> loaded = new ConcurrentHashMap<>();

    /// @param configs empty when `[identity] domain_specific_drivers_enabled` is off
    public Directories(Database db, Epoch epoch, Clock clock, Optional<DomainConfigs> configs) {
        this.db = db;
        this.configs = configs;
        this.copies = new Copies(db, epoch, clock);
    }

    /// Whether domains may have back ends of their own at all.
    public boolean enabled() {
        return configs.isPresent();
    }

    /// Whether the id could be one of a directory's entry; quick, and never wrong when it says no.
    public boolean mayHave(String id) {
        return enabled() && PublicId.possible(id);
    }

    /// Whether the users and groups of the domain come from a directory.
    public boolean serves(String domainId) {
        return of(domainId).isPresent();
    }

    /// @throws Forbidden a directory is only read
    public void writable(String domainId) {
        if (serves(domainId)) throw new Forbidden("LDAP does not support write operations");
    }

    /// @throws Forbidden the user comes from a directory
    public void writable(User user) {
        if (mapping(user.id(), Kind.USER).isPresent()) writable(user.domainId());
    }

    /// @throws Forbidden the group comes from a directory
    public void writable(Group group) {
        if (mapping(group.id(), Kind.GROUP).isPresent()) writable(group.domainId());
    }

    /// Where domains have back ends of their own, a list is of one domain: the one it is asked for, else that of
    /// the caller's token.
    public Filters oneDomain(Caller caller, Filters filters) {
        if (!enabled() || filters.equal().containsKey("domain_id")) return filters;
        return caller.project()
                .map(p -> filters.with("domain_id", p.domain().id()))
                .orElse(filters);
    }

    /// @throws Forbidden users and groups of different back ends
    public void sameBackEnd(User user, Group group) {
        boolean ofUser = mapping(user.id(), Kind.USER).isPresent();
        boolean ofGroup = mapping(group.id(), Kind.GROUP).isPresent();
        if (ofUser == ofGroup && (!ofUser || user.domainId().equals(group.domainId()))) return;
        throw new Forbidden("Group membership across backend boundaries is not allowed. Group in question is "
                + group.id() + ", user is " + user.id() + ".");
    }

    Optional<Directory> of(String domainId) {
        if (configs.isEmpty()) return Optional.empty();
        var domain = db.read(tx -> new ProjectStore(tx).domain(domainId));
        if (domain.isEmpty()) {
            loaded.computeIfPresent(domainId, (_, old) -> closed(old));
            return Optional.empty();
        }
        var text = configs.get().of(domain.get());
        var now = loaded.compute(domainId, (_, old) -> {
            if (old != null && old.text().equals(text)) return old;
            closed(old);
            return load(domain.get(), text);
        });
        if (now.wrong().isPresent())
            throw new Unavailable(
                    "The identity back end of the domain " + domain.get().name() + " is not configured rightly.",
                    now.wrong().get(),
                    null);
        return now.directory();
    }

    private static Loaded load(Project domain, Optional<String> text) {
        if (text.isEmpty()) return new Loaded(text, Optional.empty(), Optional.empty());
        try {
            var config = Config.parse(LdapOptions.ALL, text.get());
            return switch (config.get(LdapOptions.DRIVER)) {
                case "sql" -> new Loaded(text, Optional.empty(), Optional.empty());
                case "ldap" -> new Loaded(text, Optional.of(new Directory(domain.name(), config)), Optional.empty());
                default -> throw new Config.Wrong("[identity] driver is sql or ldap");
            };
        } catch (Config.Wrong e) {
            return new Loaded(text, Optional.empty(), Optional.of("domain " + domain.name() + ": " + e.getMessage()));
        }
    }

    private static @Nullable Loaded closed(@Nullable Loaded old) {
        if (old != null) old.directory().ifPresent(Directory::close);
        return null;
    }

    /// Users of a directory's domain, by id.
    public Filters.Page<User> users(String domainId, Filters filters) {
        var project = Optional.ofNullable(filters.equal().get("default_project_id"));
        var found = directory(domainId).users(filters).stream()
                .filter(e -> Names.match(filters, e.name()))
                .filter(e -> filters.enabled().map(f -> f == e.enabled()).orElse(true))
                .filter(e -> project.isEmpty() || e.defaultProjectId().equals(project))
                .map(e -> new Found<>(id(domainId, e), Copies.user(domainId, e)))
                .toList();
        return shown(found, filters, User::id, "user");
    }

    /// Groups of a directory's domain, by id.
    public Filters.Page<Group> groups(String domainId, Filters filters) {
        var found = directory(domainId).groups(filters).stream()
                .filter(e -> Names.match(filters, e.name()))
                .map(e -> new Found<>(id(domainId, e), Copies.group(domainId, e)))
                .toList();
        return shown(found, filters, Group::id, "group");
    }

    /// @return the members that the group has now; empty when it comes from no directory
    public Optional<List<User>> members(Group group, Filters filters) {
        var id = mapping(group.id(), Kind.GROUP);
        if (id.isEmpty()) return Optional.empty();
        var found = directory(group.domainId()).members(id.get().localId()).stream()
                .filter(e -> Names.match(filters, e.name()))
                .filter(e -> filters.enabled().map(f -> f == e.enabled()).orElse(true))
                .map(e -> new Found<>(id(group.domainId(), e), Copies.user(group.domainId(), e)))
                .toList();
        return Optional.of(shown(found, Filters.none(), User::id, "user").items());
    }

    /// Logs a user in by its password.
    ///
    /// @param userId public id
    /// @return empty when this is no user of a directory: the database is to be asked
    public Optional<Login> loginById(String userId, String password) {
        return mapping(userId, Kind.USER)
                .flatMap(m -> of(m.domainId()).map(d -> login(m.domainId(), d, d.userById(m.localId()), password)));
    }

    /// As [#loginById].
    public Optional<Login> loginByName(String domainId, String name, String password) {
        return of(domainId).map(d -> login(domainId, d, d.userByName(name), password));
    }

    /// @param user empty when there is no such user or the password is wrong; may be disabled
    public record Login(Optional<User> user) {}

    private Login login(String domainId, Directory directory, Optional<UserEntry> entry, String password) {
        if (!directory.authenticate(entry, password)) return new Login(Optional.empty());
        return new Login(entry.map(e -> copies.keep(domainId, e, directory.groupsOf(e))));
    }

    private Optional<PublicId> mapping(String id, Kind kind) {
        if (!mayHave(id)) return Optional.empty();
        return db.read(tx -> new MappingStore(tx).find(id, kind));
    }

    private Directory directory(String domainId) {
        return of(domainId).orElseThrow(() -> Words.notFound("domain", domainId));
    }

    private static PublicId id(String domainId, UserEntry entry) {
        return new PublicId(domainId, Kind.USER, entry.localId());
    }

    private static PublicId id(String domainId, GroupEntry entry) {
        return new PublicId(domainId, Kind.GROUP, entry.localId());
    }

    private record Found<T>(PublicId id, T item) {}

    /// One page, in the order of ids; what is shown can be asked for by its id from then on.
    private <T> Filters.Page<T> shown(List<Found<T>> found, Filters filters, Function<T, String> id, String kind) {
        var ordered = new ArrayList<>(found);
        ordered.sort(Comparator.comparing(f -> id.apply(f.item())));
        int from = 0;
        if (filters.marker().isPresent()) {
            from = 1
                    + ordered.stream()
                            .map(f -> id.apply(f.item()))
                            .toList()
                            .indexOf(filters.marker().get());
            if (from == 0) throw Words.notFound(kind, filters.marker().get());
        }
        var page = filters.cut(ordered.subList(from, ordered.size()), f -> id.apply(f.item()));
        var ids = page.items().stream().map(Found::id).toList();
        var unknown = db.read(tx -> new MappingStore(tx).unknown(ids));
        if (!unknown.isEmpty()) db.write(tx -> new MappingStore(tx).add(unknown));
        return new Filters.Page<>(page.items().stream().map(Found::item).toList(), page.next());
    }

    /// Routes that name a user or a group get its copy made fresh before their handler runs.
    public Route seeing(Route route) {
        if (!enabled()) return route;
        return route.before(request -> named(route, request).forEach(id -> see(id, route.method())));
    }

    private record Named(Kind kind, String id) {}

    private static List<Named> named(Route route, Request request) {
        var all = new ArrayList<Named>();
        for (var kind : Kind.values()) {
            var variable = kind.wire() + "_id";
            if (route.path().contains("{" + variable + "}")) all.add(new Named(kind, request.variable(variable)));
            request.query(kind.wire() + ".id").ifPresent(id -> all.add(new Named(kind, id)));
        }
        // A trust may be given to somebody who never logged in.
        if (route.method().equals("POST") && request.body().path("trust") instanceof ObjectNode trust)
            Fields.text(trust, "trustee_user_id").ifPresent(id -> all.add(new Named(Kind.USER, id)));
        return all;
    }

    /// @throws NotFound the entry has left the directory; not said to a DELETE, which may clean up after it
    private void see(Named named, String method) {
        var id = mapping(named.id(), named.kind());
        if (id.isEmpty()) return;
        var directory = of(id.get().domainId());
        if (directory.isEmpty()) return;
        boolean there = switch (named.kind()) {
            case USER -> seeUser(id.get(), directory.get());
            // A role for a group holds at once for all who are in it.
            case GROUP -> seeGroup(id.get(), directory.get(), method.equals("PUT"));
        };
        if (!there && !method.equals("DELETE"))
            throw Words.notFound(named.kind().wire(), named.id());
    }

    private boolean seeUser(PublicId id, Directory directory) {
        var entry = directory.userById(id.localId());
        entry.ifPresentOrElse(e -> copies.keep(id.domainId(), e, directory.groupsOf(e)), () -> copies.gone(id));
        return entry.isPresent();
    }

    private boolean seeGroup(PublicId id, Directory directory, boolean withMembers) {
        var entry = directory.groupById(id.localId());
        entry.ifPresentOrElse(e -> copies.keep(id.domainId(), e), () -> copies.gone(id));
        if (entry.isPresent() && withMembers)
            for (var member : directory.members(id.localId()))
                copies.keep(id.domainId(), member, directory.groupsOf(member));
        return entry.isPresent();
    }

    /// The domains that have copies, whether or not they still have a directory.
    List<String> domainsWithCopies() {
        return enabled() ? db.read(tx -> new MappingStore(tx).domains()) : List.of();
    }

    /// Makes all copies of a domain what the directory has now; a domain that has lost its directory has nobody.
    void refresh(String domainId) {
        var directory = of(domainId);
        var groups = db.read(tx -> new MappingStore(tx).groupsWithCopy(domainId));
        var users = db.read(tx -> new MappingStore(tx).usersWithCopy(domainId));
        if (directory.isEmpty()) {
            users.forEach(copies::gone);
            groups.forEach(copies::gone);
        } else if (!groups.isEmpty() || !users.isEmpty()) refresh(domainId, directory.get(), users, groups);
    }

    private void refresh(String domainId, Directory directory, List<PublicId> users, List<PublicId> groups) {
        var teams = directory.groupsWithMembers();
        var ids = teams.stream().map(GroupEntry::localId).collect(java.util.stream.Collectors.toSet());
        for (var group : groups) if (!ids.contains(group.localId())) copies.gone(group);
        for (var team : teams) if (groups.contains(id(domainId, team))) copies.keep(domainId, team);
        var entries = new LinkedHashMap<String, UserEntry>();
        for (var entry :
                directory.usersByIds(users.stream().map(PublicId::localId).toList()))
            entries.put(entry.localId(), entry);
        for (var user : users) {
            var entry = entries.get(user.localId());
            if (entry == null) copies.gone(user);
            else
                copies.keep(
                        domainId,
                        entry,
                        directory.nested()
                                ? directory.groupsOf(entry)
                                : teams.stream()
                                        .filter(t -> directory.isMember(t, entry))
                                        .toList());
        }
    }

    /// Whether the domain's servers answer, for a look at the whole.
    ///
    /// @throws Unavailable they do not, or the configuration is wrong
    public void probe(String domainId) {
        of(domainId).ifPresent(d -> d.userById("yun-probe"));
    }

    @Override
    public void close() {
        loaded.values().forEach(Directories::closed);
        loaded.clear();
    }
}
