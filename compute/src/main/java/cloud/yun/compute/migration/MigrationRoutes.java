package cloud.yun.compute.migration;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.migration.MigrationStore.Filter;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of migrations: those of all servers, and the live ones that go on for one server.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#migrations-os-migrations">os-migrations</a>
/// @see <a href="https://docs.openstack.org/api-ref/compute/#server-migrations-servers-migrations">of a server</a>
public final class MigrationRoutes implements Part {
    private static final String ALL = "os_compute_api:os-migrations:index";
    private static final String ONE = "os_compute_api:servers:migrations:";

    private static final String SERVER = "/v2.1/servers/{server_id}/migrations";
    private static final int TYPE_SINCE = 23;
    private static final int PAGES_SINCE = 59;
    private static final int BEFORE_SINCE = 66;
    private static final int OWNERS_SINCE = 80;
    private static final Set<String> KNOWN = Set.of(
            "hidden",
            "host",
            "instance_uuid",
            "source_compute",
            "status",
            "migration_type",
            "limit",
            "marker",
            "changes-since");
    private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");

    private final MigrationService migrations;
    private final Policy policy;

    public MigrationRoutes(MigrationService migrations, Policy policy) {
        this.migrations = migrations;
        this.policy = policy;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v2.1/os-migrations", this::list).policy(ALL),
                Route.get(SERVER, this::ofServer).since("2.23").policyOnObject(ONE + "index"),
                Route.get(SERVER + "/{migration_id}", this::show).since("2.23").policyOnObject(ONE + "show"),
                Route.delete(SERVER + "/{migration_id}", r -> interfere(r, "delete", "abort live migration"))
                        .since("2.24")
                        .policyOnObject(ONE + "delete"),
                Route.action(
                                SERVER + "/{migration_id}/action",
                                "force_complete",
                                r -> interfere(r, "force_complete", "force_complete"))
                        .since("2.22")
                        .policyOnObject(ONE + "force_complete")
                        .schema("schema/compute/migration-force-complete.json"));
    }

    private Reply list(Request request) {
        var version = request.microversion();
        boolean pages = version.atLeast(PAGES_SINCE);
        if (pages) Page.only(request, known(version));
        var page = Page.of(request);
        var caller = request.caller();
        boolean hosts = policy.allows(caller, ALL + ":host");
        var filter = filter(request, version, policy.allows(caller, ALL + ":all_projects"));
        var marker = pages ? page.marker() : Optional.<String>empty();
        List<Migration> found =
                hidden(request) ? List.of() : migrations.page(filter, marker, pages ? page.limit() : Page.LIMIT_MAX);
        var body = Json.object();
        var array = body.putArray("migrations");
        found.forEach(m -> array.add(view(m, version, hosts)));
        if (pages && page.limited() && page.full(found.size()))
            body.set(
                    "migrations_links",
                    Links.next(request, "os-migrations", found.getLast().id()));
        return Reply.ok(body);
    }

    private static Set<String> known(Microversion version) {
        var all = new HashSet<>(KNOWN);
        if (version.atLeast(BEFORE_SINCE)) all.add("changes-before");
        if (version.atLeast(OWNERS_SINCE)) all.addAll(Set.of("user_id", "project_id"));
        return all;
    }

    /// None of ours is.
    private static boolean hidden(Request request) {
        return request.query("hidden")
                .map(h -> YES.contains(h.toLowerCase(java.util.Locale.ROOT)))
                .orElse(false);
    }

    private static Filter filter(Request request, Microversion version, boolean allProjects) {
        var since = version.atLeast(PAGES_SINCE) ? time(request, "changes-since") : Optional.<Instant>empty();
        var before = version.atLeast(BEFORE_SINCE) ? time(request, "changes-before") : Optional.<Instant>empty();
        if (since.isPresent() && before.isPresent() && before.get().isBefore(since.get()))
            throw new Invalid("The value of changes-since must be less than or equal to changes-before.");
        boolean owners = version.atLeast(OWNERS_SINCE);
        var own = request.caller().project().map(Caller.Project::id).orElse("");
        var project = owners ? request.query("project_id") : Optional.<String>empty();
        return new Filter(
                request.query("host"),
                request.query("source_compute"),
                request.query("instance_uuid"),
                request.query("status"),
                request.query("migration_type"),
                // Another project's migrations are not there.
                allProjects
                        ? project
                        : Optional.of(
                                project.filter(p -> !p.equals(own)).map(_ -> "").orElse(own)),
                owners ? request.query("user_id") : Optional.empty(),
                since,
                before);
    }

    private static Optional<Instant> time(Request request, String name) {
        return request.query(name).map(text -> {
            try {
                return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
            } catch (DateTimeParseException withoutZone) {
                return local(name, text);
            }
        });
    }

    private static Instant local(String name, String text) {
        try {
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new Invalid("Invalid input for query parameters " + name + ". Value: " + text + ". '" + text
                    + "' is not a 'date-time'");
        }
    }

    private static ObjectNode view(Migration m, Microversion version, boolean hosts) {
        var shown = Json.object()
                .put("id", m.number())
                .put("status", m.status().wire())
                .put("instance_uuid", m.serverId())
                .put("source_node", hosts ? m.sourceHost() : null)
                .put("source_compute", hosts ? m.sourceHost() : null)
                .put("dest_node", hosts ? m.destHost().orElse(null) : null)
                .put("dest_compute", hosts ? m.destHost().orElse(null) : null)
                .put("dest_host", hosts ? m.destHost().orElse(null) : null)
                .put("old_instance_type_id", m.oldFlavorNumber())
                .put("new_instance_type_id", m.newFlavorNumber())
                .put("created_at", Times.microsWithoutZone(m.createdAt()))
                .put("updated_at", Times.microsWithoutZone(m.updatedAt()));
        if (version.atLeast(TYPE_SINCE)) shown.put("migration_type", m.type().wire());
        if (version.atLeast(PAGES_SINCE)) shown.put("uuid", m.id());
        if (version.atLeast(OWNERS_SINCE)) shown.put("user_id", m.userId()).put("project_id", m.projectId());
        return shown;
    }

    /// Only live migrations that go on; there are none while guests cannot be moved as they run.
    private Reply ofServer(Request request) {
        migrations.server(request.caller(), request.variable("server_id"), ONE + "index");
        var body = Json.object();
        body.putArray("migrations");
        return Reply.ok(body);
    }

    private Reply show(Request request) {
        var id = request.variable("migration_id");
        var serverId = request.variable("server_id");
        var found = migrations.ofServer(request.caller(), serverId, id, ONE + "show");
        if (found.isEmpty())
            throw new NotFound("In-progress live migration " + id + " is not found for server " + serverId + ".");
        if (found.get().type() != Migration.Type.LIVE_MIGRATION)
            throw new NotFound("Migration " + id + " for server " + serverId + " is not live-migration.");
        throw new NotFound("Live migration " + id + " for server " + serverId + " is not in progress.");
    }

    private Reply interfere(Request request, String rule, String action) {
        var server = migrations.server(request.caller(), request.variable("server_id"), ONE + rule);
        throw new Conflict("Instance " + server.id() + " is in an invalid state for '" + action + "'");
    }
}
