package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.network.ServerPorts;
import java.util.List;

/// HTTP of servers themselves.
public final class ServerRoutes implements Part {
    private static final String SERVERS = "/v2.1/servers";
    private static final String SERVER = SERVERS + "/{server_id}";
    private static final String RULE = ComputePolicy.PREFIX + "servers:";
    private static final int HOSTNAME_SINCE = 90;
    private static final int EXTENDED_UPDATE_SINCE = 75;

    private final ServerService servers;
    private final ServerAccess access;
    private final ServerReader reader;
    private final ServerPorts ports;
    private final Database db;
    private final Policy policy;

    ServerRoutes(ServerService servers, ServerAccess access, ServerReader reader, ServerPorts ports, Database db) {
        this.servers = servers;
        this.access = access;
        this.reader = reader;
        this.ports = ports;
        this.db = db;
        this.policy = access.policy();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(SERVERS, r -> list(r, false)).policy(RULE + "index"),
                Route.get(SERVERS + "/detail", r -> list(r, true)).policy(RULE + "detail"),
                Route.post(SERVERS, this::create)
                        .policy(RULE + "create")
                        .schema("schema/compute/server-create.json")
                        .schema("schema/compute/server-create-2.19.json", "2.19")
                        .schema("schema/compute/server-create-2.32.json", "2.32")
                        .schema("schema/compute/server-create-2.33.json", "2.33")
                        .schema("schema/compute/server-create-2.37.json", "2.37")
                        .schema("schema/compute/server-create-2.42.json", "2.42")
                        .schema("schema/compute/server-create-2.52.json", "2.52")
                        .schema("schema/compute/server-create-2.57.json", "2.57")
                        .schema("schema/compute/server-create-2.63.json", "2.63")
                        .schema("schema/compute/server-create-2.67.json", "2.67")
                        .schema("schema/compute/server-create-2.74.json", "2.74")
                        .schema("schema/compute/server-create-2.90.json", "2.90")
                        .schema("schema/compute/server-create-2.94.json", "2.94"),
                Route.get(SERVER, this::show).policyOnObject(RULE + "show"),
                Route.put(SERVER, this::update)
                        .policyOnObject(RULE + "update")
                        .schema("schema/compute/server-update.json")
                        .schema("schema/compute/server-update-2.19.json", "2.19")
                        .schema("schema/compute/server-update-2.90.json", "2.90")
                        .schema("schema/compute/server-update-2.94.json", "2.94"),
                Route.delete(SERVER, this::delete).policyOnObject(RULE + "delete"));
    }

    private Reply list(Request request, boolean detail) {
        var query = new ServerQuery(request, policy, ports, detail ? "servers:detail" : "servers:index");
        var body = Json.object();
        var array = body.putArray("servers");
        var found = db.read(tx -> {
            var servers = query.list(tx);
            var view = new ServerView(request, policy, detail ? reader.hosts(tx, request) : java.util.Map.of());
            if (!detail) {
                servers.forEach(s -> array.add(view.brief(s.id(), s.name())));
                return servers;
            }
            var around = reader.around(tx, servers, request.microversion());
            for (var server : servers)
                array.add(view.full(server, java.util.Objects.requireNonNull(around.get(server.id())), true));
            return servers;
        });
        if (query.page().full(found.size()) && !found.isEmpty())
            body.set(
                    "servers_links",
                    Links.next(
                            request,
                            detail ? "servers/detail" : "servers",
                            found.getLast().id()));
        return Reply.ok(body);
    }

    private Reply create(Request request) {
        var wanted = CreateRequest.of(request);
        mayCreate(request.caller(), wanted);
        var created = servers.create(request.caller(), wanted);
        if (wanted.returnReservation())
            return Reply.accepted(Json.object().put("reservation_id", created.reservationId()));
        var view = new ServerView(request, policy, java.util.Map.of());
        var id = created.ids().getFirst();
        var body = Json.object();
        var server = body.putObject("server").put("id", id);
        server.set("links", view.links(id));
        server.put("OS-DCF:diskConfig", wanted.diskConfig());
        var groups = server.putArray("security_groups");
        if (wanted.securityGroups().isEmpty()) groups.addObject().put("name", "default");
        wanted.securityGroups().forEach(g -> groups.addObject().put("name", g));
        created.adminPassword().ifPresent(p -> server.put("adminPass", p));
        return Reply.accepted(body).header("Location", view.location(id));
    }

    /// What a create request may only say with a rule of its own.
    private void mayCreate(Caller caller, CreateRequest wanted) {
        if (wanted.zone().filter(z -> z.contains(":")).isPresent()) policy.require(caller, RULE + "create:forced_host");
        if (wanted.host().isPresent() || wanted.node().isPresent())
            policy.require(caller, "compute:servers:create:requested_destination");
        if (!wanted.devices().isEmpty()) policy.require(caller, RULE + "create:attach_volume");
        if (!wanted.networks().isEmpty()) policy.require(caller, RULE + "create:attach_network");
    }

    private Reply show(Request request) {
        var id = request.variable("server_id");
        return access.read(request.caller(), id, "servers:show", (tx, server) -> {
            var view = new ServerView(request, policy, reader.hosts(tx, request));
            return answer(view.full(server, reader.around(tx, server, request.microversion()), true));
        });
    }

    private Reply update(Request request) {
        var id = request.variable("server_id");
        var body = request.object("server");
        var v4 = CreateRequest.address(body, "accessIPv4", "ipv4");
        var v6 = CreateRequest.address(body, "accessIPv6", "ipv6");
        boolean extended = request.microversion().atLeast(EXTENDED_UPDATE_SINCE);
        return access.changeLocked(request.caller(), id, "servers:update", (tx, seen) -> {
            new ServerStore(tx)
                    .rename(
                            seen,
                            CreateRequest.text(body, "name").map(String::strip).orElse(seen.name()),
                            request.microversion().atLeast(HOSTNAME_SINCE)
                                    ? CreateRequest.text(body, "hostname").orElse(seen.hostname())
                                    : seen.hostname(),
                            body.has("description") ? CreateRequest.text(body, "description") : seen.description(),
                            body.has("accessIPv4") ? v4 : seen.accessV4(),
                            body.has("accessIPv6") ? v6 : seen.accessV6(),
                            CreateRequest.text(body, "OS-DCF:diskConfig")
                                    .orElse(seen.wanted().diskConfig()),
                            servers.now());
            var server = new ServerStore(tx).require(id);
            var view = new ServerView(request, policy, reader.hosts(tx, request));
            return answer(view.full(server, reader.around(tx, server, request.microversion()), extended));
        });
    }

    private static Reply answer(tools.jackson.databind.node.ObjectNode server) {
        var body = Json.object();
        body.set("server", server);
        return Reply.ok(body);
    }

    private Reply delete(Request request) {
        remove(request, "servers:delete");
        return Reply.noContent();
    }

    Reply forceDelete(Request request) {
        remove(request, "os-deferred-delete:force");
        return Reply.accepted();
    }

    private void remove(Request request, String rule) {
        access.change(request.caller(), request.variable("server_id"), rule, (tx, server) -> {
            servers.delete(tx, server, request.caller());
            return server;
        });
    }
}
