package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.lifecycle.EvacuateServer;
import cloud.yun.compute.lifecycle.LiveMigrateServer;
import cloud.yun.compute.lifecycle.MigrateServer;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/// HTTP of the actions by which admins take a server to another host.
final class MoveRoutes implements Part {
    private static final String ACTION = "/v2.1/servers/{server_id}/action";
    private static final String MIGRATE = "os-migrate-server:migrate";
    private static final String LIVE = "os-migrate-server:migrate_live";
    private static final int WITHOUT_SHARED_STORAGE = 14;
    private static final int FORCE_SINCE = 29;
    private static final int LIVE_LATER_SINCE = 34;
    private static final int MIGRATE_HOST_SINCE = 56;
    private static final int FORCE_UNTIL = 68;
    private static final int STOPS_SINCE = 95;

    private final ServerAccess access;
    private final ServerService servers;
    private final MigrateServer migrate;
    private final LiveMigrateServer liveMigrate;
    private final EvacuateServer evacuate;
    private final ComputeHosts hosts;

    MoveRoutes(
            ServerAccess access,
            ServerService servers,
            MigrateServer migrate,
            LiveMigrateServer liveMigrate,
            EvacuateServer evacuate,
            ComputeHosts hosts) {
        this.access = access;
        this.servers = servers;
        this.migrate = migrate;
        this.liveMigrate = liveMigrate;
        this.evacuate = evacuate;
        this.hosts = hosts;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.action(ACTION, "migrate", this::migrate)
                        .policyOnObject(rule(MIGRATE))
                        .schema("schema/compute/server-migrate-2.56.json", "2.56"),
                Route.action(ACTION, "os-migrateLive", this::liveMigrate)
                        .policyOnObject(rule(LIVE))
                        .schema("schema/compute/server-migrate-live.json")
                        .schema("schema/compute/server-migrate-live-2.25.json", "2.25")
                        .schema("schema/compute/server-migrate-live-2.30.json", "2.30")
                        .schema("schema/compute/server-migrate-live-2.68.json", "2.68"),
                Route.action(ACTION, "evacuate", this::evacuate)
                        .policyOnObject(rule("os-evacuate"))
                        .schema("schema/compute/server-evacuate.json")
                        .schema("schema/compute/server-evacuate-2.14.json", "2.14")
                        .schema("schema/compute/server-evacuate-2.29.json", "2.29")
                        .schema("schema/compute/server-evacuate-2.68.json", "2.68"));
    }

    private static String rule(String name) {
        return ComputePolicy.PREFIX + name;
    }

    private Reply migrate(Request request) {
        var host = request.microversion().atLeast(MIGRATE_HOST_SINCE)
                ? CreateRequest.text(request.body().path("migrate"), "host")
                : Optional.<String>empty();
        if (host.isPresent()) access.policy().require(request.caller(), rule(MIGRATE + ":host"));
        change(request, MIGRATE, (tx, server) -> migrate.begin(tx, request.caller(), server, host));
        return Reply.accepted();
    }

    private Reply liveMigrate(Request request) {
        var body = request.object("os-migrateLive");
        var host = CreateRequest.text(body, "host");
        requireForceable(body, host);
        if (host.isPresent()) access.policy().require(request.caller(), rule(LIVE + ":host"));
        boolean later = request.microversion().atLeast(LIVE_LATER_SINCE);
        change(request, LIVE, (tx, server) -> liveMigrate.begin(tx, request.caller(), server, host, later));
        return Reply.accepted();
    }

    /// Answers 200 although it goes on, as Nova does.
    private Reply evacuate(Request request) {
        var version = request.microversion();
        var body = request.object("evacuate");
        var host = CreateRequest.text(body, "host");
        requireForceable(body, host);
        boolean shared = CreateRequest.bool(body.path("onSharedStorage"));
        var given = CreateRequest.text(body, "adminPass");
        if (shared && given.isPresent()) throw new Invalid("admin password can't be changed on existing disk");
        var password = shared ? Optional.<String>empty() : Optional.of(servers.password(given));
        boolean forced = host.isPresent()
                && !version.atLeast(FORCE_UNTIL)
                && (!version.atLeast(FORCE_SINCE) || CreateRequest.bool(body.path("force")));
        change(request, "os-evacuate", (tx, server) -> {
            host.ifPresent(h -> requireHost(tx, h));
            if (host.isPresent() && server.host().equals(host))
                throw new Invalid("The target host can't be the same one.");
            evacuate.begin(tx, request.caller(), server, host, forced, version.atLeast(STOPS_SINCE), password);
        });
        if (version.atLeast(WITHOUT_SHARED_STORAGE)) return Reply.empty(200);
        var answer = Json.object();
        if (servers.passwordsShown()) answer.put("adminPass", password.orElse(null));
        return Reply.ok(answer);
    }

    private void requireHost(Tx tx, String host) {
        if (hosts.find(tx, host).isEmpty()) throw new NotFound("Compute host " + host + " not found.");
    }

    private static void requireForceable(JsonNode body, Optional<String> host) {
        if (CreateRequest.bool(body.path("force")) && host.isEmpty())
            throw new Invalid("Can't force to a non-provided destination");
    }

    private void change(Request request, String rule, BiConsumer<Tx, Server> work) {
        access.change(request.caller(), request.variable("server_id"), rule, (tx, server) -> {
            work.accept(tx, server);
            return server;
        });
    }
}
