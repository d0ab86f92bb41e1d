package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.serverapi.ServerAccess;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// HTTP of the security groups of a server: those of its ports. In every microversion.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#add-security-group-to-a-server-addsecuritygroup-action">
///     addSecurityGroup</a>
public final class ServerSecurityGroups implements Part {
    private static final String SERVER = "/v2.1/servers/{server_id}";
    private static final String RULE = "os_compute_api:os-security-groups:";

    private final ServerAccess access;
    private final Peer network;

    public ServerSecurityGroups(ServerAccess access, Peer network) {
        this.access = access;
        this.network = network;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(SERVER + "/os-security-groups", this::list).policyOnObject(RULE + "list"),
                Route.action(SERVER + "/action", "addSecurityGroup", this::add)
                        .policyOnObject(RULE + "add")
                        .schema("schema/compute/server-add-security-group.json"),
                Route.action(SERVER + "/action", "removeSecurityGroup", this::remove)
                        .policyOnObject(RULE + "remove")
                        .schema("schema/compute/server-remove-security-group.json"));
    }

    private Server server(Request request, String rule) {
        return access.read(request.caller(), request.variable("server_id"), "os-security-groups:" + rule, (_, s) -> s);
    }

    private List<JsonNode> ports(Caller caller, Server server) {
        return network.get(caller, "/v2.0/ports", Map.of("device_id", List.of(server.id())))
                .path("ports")
                .valueStream()
                .toList();
    }

    private static Set<String> groups(JsonNode port) {
        var ids = new LinkedHashSet<String>();
        port.path("security_groups").forEach(g -> ids.add(g.asString()));
        return ids;
    }

    private Reply list(Request request) {
        var caller = request.caller();
        var ids = new LinkedHashSet<String>();
        ports(caller, server(request, "list")).forEach(p -> ids.addAll(groups(p)));
        var found = SecurityGroupProxy.byId(network, caller, List.copyOf(ids));
        var body = Json.object();
        var array = body.putArray("security_groups");
        new SecurityGroupView(network, caller).of(List.copyOf(found.values())).forEach(array::add);
        return Reply.ok(body);
    }

    private Reply add(Request request) {
        var caller = request.caller();
        var server = server(request, "add");
        var id = group(caller, name(request, "addSecurityGroup"));
        var ports = ports(caller, server);
        if (ports.isEmpty())
            throw new NotFound("Security group instance_id " + server.id()
                    + " could not be found as device id on any ports not found.");
        for (var port : ports) {
            if (!port.path("port_security_enabled").asBoolean(true)
                    || port.path("fixed_ips").isEmpty())
                throw new Invalid("Network requires port_security_enabled and subnet associated in order to apply"
                        + " security groups.");
            var groups = groups(port);
            if (groups.add(id)) change(caller, port, groups);
        }
        return Reply.accepted();
    }

    private Reply remove(Request request) {
        var caller = request.caller();
        var server = server(request, "remove");
        var name = name(request, "removeSecurityGroup");
        var id = group(caller, name);
        boolean had = false;
        for (var port : ports(caller, server)) {
            var groups = groups(port);
            if (!groups.remove(id)) continue;
            had = true;
            change(caller, port, groups);
        }
        if (!had) throw new NotFound("Security group " + name + " not associated with the instance " + server.id());
        return Reply.accepted();
    }

    private static String name(Request request, String action) {
        var name = request.object(action).path("name").asString();
        if (name.isBlank()) throw new Invalid("Security group name cannot be empty");
        return name;
    }

    /// By id or by a name that only one group of the project has.
    private String group(Caller caller, String nameOrId) {
        var all = network.get(caller, "/v2.0/security-groups", Map.of("project_id", List.of(caller.projectId())))
                .path("security_groups")
                .valueStream()
                .toList();
        var byId = all.stream()
                .filter(g -> g.path("id").asString().equals(nameOrId))
                .findFirst()
                .or(() -> foreign(caller, nameOrId));
        if (byId.isPresent()) return nameOrId;
        var named = all.stream()
                .filter(g -> g.path("name").asString().equals(nameOrId))
                .toList();
        if (named.size() > 1)
            throw new Conflict("Multiple security_group matches found for name '" + nameOrId
                    + "', use an ID to be more specific.");
        if (named.isEmpty())
            throw new NotFound("Security group " + nameOrId + " not found for project " + caller.projectId() + ".");
        return named.getFirst().path("id").asString();
    }

    /// Another project's group that the caller may use, by its id only.
    private Optional<JsonNode> foreign(Caller caller, String id) {
        return Optional.ofNullable(
                SecurityGroupProxy.byId(network, caller, List.of(id)).get(id));
    }

    private void change(Caller caller, JsonNode port, Set<String> groups) {
        var body = Json.object();
        var array = body.putObject("port").putArray("security_groups");
        groups.forEach(array::add);
        network.put(caller, "/v2.0/ports/" + port.path("id").asString(), body);
    }
}
