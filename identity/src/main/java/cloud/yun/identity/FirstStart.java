package cloud.yun.identity;

import cloud.yun.identity.assignment.Assignment;
import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Ids;
import cloud.yun.identity.catalog.CatalogStore;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.CatalogStore.Region;
import cloud.yun.identity.catalog.CatalogStore.Service;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.token.RevocationStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Makes what every cloud has: domain, roles, projects, users, catalog. Repeatable: what is there stays,
/// passwords and renamed things too; only endpoint addresses follow the configuration.
final class FirstStart {
    private static final String DOMAIN = "default";

    /// Each role with the roles that it implies. The first five are upstream's.
    private static final Map<String, List<String>> ROLES = Map.of(
            "admin", List.of("manager"),
            "manager", List.of("member"),
            "member", List.of("reader"),
            "reader", List.of(),
            "service", List.of(),
            "project_admin", List.of("manager"),
            "monitor", List.of("reader"),
            // Swift's: whoever has it owns every account of the object store.
            "ResellerAdmin", List.of());

    private static final List<String> SERVICE_USERS = List.of("nova", "cinder", "neutron", "glance", "placement");

    private final Database db;
    private final Epoch epoch;
    private final Passwords passwords;
    private final Ids ids;
    private final Clock clock;
    private final Duration tokenLife;

    /// @param tokenLife so long are revocations kept
    FirstStart(Database db, Epoch epoch, Passwords passwords, Ids ids, Clock clock, Duration tokenLife) {
        this.db = db;
        this.epoch = epoch;
        this.passwords = passwords;
        this.ids = ids;
        this.clock = clock;
        this.tokenLife = tokenLife;
    }

    void make(Bootstrap b) {
        // Hashed before the transaction: it takes long, and no transaction may.
        var adminHash = missing(b.adminUser()) ? passwords.hash(b.adminPassword()) : "";
        var demoHash = missing(b.demoUser()) ? passwords.hash(b.demoPassword()) : "";
        epoch.write(tx -> {
            domain(tx);
            roles(tx);
            var admin = user(tx, b.adminUser(), adminHash);
            var adminProject = project(tx, b.adminUser(), "Bootstrap project for initializing the cloud.");
            for (var target : List.of(Target.project(adminProject), Target.domain(DOMAIN), Target.SYSTEM))
                grant(tx, admin, "admin", target);
            var demo = user(tx, b.demoUser(), demoHash);
            grant(tx, demo, "member", Target.project(project(tx, b.demoUser(), "")));
            services(tx);
            catalog(tx, b);
        });
    }

    /// The users that services of other makers act as beside Yun. Ours need none, so they have no password, and
    /// nobody can be one until an operator gives it one.
    private void services(Tx tx) {
        var project = project(tx, "service", "Users of services.");
        for (var name : SERVICE_USERS) grant(tx, user(tx, name), "service", Target.project(project));
    }

    /// Makes sure that somebody can get in: the user is enabled and has this password, and is admin of its project, of
    /// the default domain and of the system. As `keystone-manage bootstrap`.
    ///
    /// @param identityUrl of the identity endpoints in the catalog; empty leaves them as they are
    void admit(String name, String password, String project, String role, String region, Optional<String> identityUrl) {
        var there = db.read(tx -> new UserStore(tx).byName(DOMAIN, name));
        var hash = there.flatMap(u -> db.read(tx -> new UserStore(tx).password(u.id())))
                .map(UserStore.Password::hash);
        boolean known = hash.isPresent() && passwords.matches(hash.get(), password);
        var next = known ? "" : passwords.hash(password);
        epoch.write(tx -> {
            domain(tx);
            roles(tx);
            if (new RoleStore(tx).byName("", role).isEmpty())
                new RoleStore(tx)
                        .insert(new Role(ids.next(), role, "", Optional.empty(), Json.object(), Json.object()));
            var user = user(tx, name, next);
            if (there.isPresent()) enable(tx, user, next);
            var own = project(tx, project, "Bootstrap project for initializing the cloud.");
            for (var target : List.of(Target.project(own), Target.domain(DOMAIN), Target.SYSTEM))
                grant(tx, user, role, target);
            identityUrl.ifPresent(url -> catalog(
                    tx,
                    new Bootstrap(
                            name,
                            password,
                            "",
                            "",
                            region,
                            List.of(new Bootstrap.Entry("identity", "keystone", url, url, url)))));
        });
    }

    private void enable(Tx tx, String id, String hash) {
        var users = new UserStore(tx);
        var user = users.find(id).orElseThrow();
        if (!user.enabled())
            users.update(new User(
                    id,
                    user.domainId(),
                    user.name(),
                    true,
                    user.defaultProjectId(),
                    user.extra(),
                    user.options(),
                    user.passwordExpiresAt()));
        users.forgive(id);
        if (hash.isEmpty()) return;
        users.addPassword(id, hash, false, clock.instant(), Optional.empty(), 0);
        new RevocationStore(tx).user(id, clock.instant(), tokenLife);
    }

    private boolean missing(String user) {
        return db.read(tx -> new UserStore(tx).byName(DOMAIN, user)).isEmpty();
    }

    private static void domain(Tx tx) {
        var projects = new ProjectStore(tx);
        if (projects.find(DOMAIN).isPresent()) return;
        projects.insert(new Project(
                DOMAIN,
                "Default",
                "",
                Optional.empty(),
                true,
                true,
                "The default domain",
                Json.object(),
                Json.object(),
                List.of()));
    }

    private void roles(Tx tx) {
        var roles = new RoleStore(tx);
        for (var name : ROLES.keySet())
            if (roles.byName("", name).isEmpty())
                roles.insert(new Role(ids.next(), name, "", Optional.empty(), Json.object(), immutable()));
        ROLES.forEach((prior, implied) -> implied.forEach(name -> roles.addImplied(role(tx, prior), role(tx, name))));
    }

    private static ObjectNode immutable() {
        return Json.object().put("immutable", true);
    }

    private static String role(Tx tx, String name) {
        return new RoleStore(tx).byName("", name).orElseThrow().id();
    }

    private String user(Tx tx, String name, String hash) {
        var users = new UserStore(tx);
        var there = users.byName(DOMAIN, name);
        if (there.isPresent()) return there.get().id();
        var id = user(tx, name);
        users.addPassword(id, hash, false, clock.instant(), Optional.empty(), 0);
        return id;
    }

    /// A user without a password.
    private String user(Tx tx, String name) {
        var users = new UserStore(tx);
        var there = users.byName(DOMAIN, name);
        if (there.isPresent()) return there.get().id();
        var user = new User(
                ids.next(), DOMAIN, name, true, Optional.empty(), Json.object(), Json.object(), Optional.empty());
        users.insert(user, clock.instant());
        return user.id();
    }

    private String project(Tx tx, String name, String description) {
        var projects = new ProjectStore(tx);
        var there = projects.byName(DOMAIN, name);
        if (there.isPresent()) return there.get().id();
        var id = ids.next();
        projects.insert(new Project(
                id,
                name,
                DOMAIN,
                Optional.of(DOMAIN),
                false,
                true,
                description,
                Json.object(),
                Json.object(),
                List.of()));
        return id;
    }

    private static void grant(Tx tx, String user, String role, Target target) {
        new AssignmentStore(tx).add(new Assignment(Actor.user(user), target, role(tx, role), false));
    }

    private void catalog(Tx tx, Bootstrap b) {
        var store = new CatalogStore(tx);
        if (store.region(b.region()).isEmpty())
            store.insert(new Region(b.region(), "", Optional.empty(), Json.object()));
        for (var entry : b.catalog()) {
            var service = service(store, entry);
            endpoint(store, service, b.region(), "public", entry.publicUrl());
            endpoint(store, service, b.region(), "internal", entry.internalUrl());
            endpoint(store, service, b.region(), "admin", entry.adminUrl());
        }
    }

    private String service(CatalogStore store, Bootstrap.Entry entry) {
        var there = store.services(Optional.of(entry.type())).stream()
                .filter(s -> s.name().equals(entry.name()))
                .findFirst();
        if (there.isPresent()) return there.get().id();
        var service = new Service(ids.next(), entry.type(), true, Json.object().put("name", entry.name()));
        store.insert(service);
        return service.id();
    }

    private void endpoint(CatalogStore store, String service, String region, String kind, String url) {
        var there = store
                .endpoints(Filters.none()
                        .with("service_id", service)
                        .with("interface", kind)
                        .with("region_id", region))
                .stream()
                .findFirst();
        if (there.isEmpty())
            store.insert(new Endpoint(ids.next(), service, kind, Optional.of(region), url, true, Json.object()));
        else if (!there.get().url().equals(url))
            store.update(new Endpoint(
                    there.get().id(),
                    service,
                    kind,
                    Optional.of(region),
                    url,
                    there.get().enabled(),
                    there.get().extra()));
    }
}
