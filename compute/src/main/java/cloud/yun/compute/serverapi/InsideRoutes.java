package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.driver.HypervisorDriver.Diagnostics;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of what is inside a server: its guest's diagnostics, its topology, the password it made.
public final class InsideRoutes implements Part {
    /// Beside upstream's admin, our role monitor, for the servers of its project.
    public static final Map<String, String> RULES = Map.of(
            ComputePolicy.PREFIX + "os-server-diagnostics",
            ComputePolicy.ADMIN + " or (role:monitor and project_id:%(project_id)s)");

    private static final String SERVER = "/v2.1/servers/{server_id}";
    private static final int STANDARD_DIAGNOSTICS_SINCE = 48;

    private final ServerAccess access;
    private final Agents agents;

    InsideRoutes(ServerAccess access, Agents agents) {
        this.access = access;
        this.agents = agents;
    }

    @Override
    public List<Route> routes() {
        var prefix = ComputePolicy.PREFIX;
        return List.of(
                Route.get(SERVER + "/diagnostics", this::diagnostics).policyOnObject(prefix + "os-server-diagnostics"),
                Route.get(SERVER + "/topology", this::topology)
                        .policyOnObject("compute:server:topology:index")
                        .since("2.78"),
                Route.get(SERVER + "/os-server-password", this::password)
                        .policyOnObject(prefix + "os-server-password:show"),
                Route.delete(SERVER + "/os-server-password", this::clear)
                        .policyOnObject(prefix + "os-server-password:clear"));
    }

    private Reply diagnostics(Request request) {
        var id = request.variable("server_id");
        var server = access.read(request.caller(), id, "os-server-diagnostics", (_, s) -> s);
        if (server.host().isEmpty()) throw new Conflict("Instance " + id + " is not ready");
        var found = agents.diagnostics(server.host().get(), id);
        return Reply.ok(
                request.microversion().atLeast(STANDARD_DIAGNOSTICS_SINCE) ? standard(server, found) : libvirts(found));
    }

    /// What the libvirt driver told before the answer was the same for all drivers.
    private static ObjectNode libvirts(Diagnostics d) {
        var body = Json.object().put("cpu0_time", d.cpuTimeNanos()).put("memory", d.memoryMib() * 1024L);
        d.disks()
                .forEach((disk, numbers) -> body.put(disk + "_errors", -1)
                        .put(disk + "_read", number(numbers, "read_bytes"))
                        .put(disk + "_read_req", number(numbers, "read_requests"))
                        .put(disk + "_write", number(numbers, "write_bytes"))
                        .put(disk + "_write_req", number(numbers, "write_requests")));
        int i = 0;
        for (var numbers : d.nics().values()) {
            var nic = "vnet" + i++;
            for (var way : List.of("rx", "tx"))
                body.put(nic + "_" + way, number(numbers, way + "_octets"))
                        .put(nic + "_" + way + "_drop", number(numbers, way + "_drop"))
                        .put(nic + "_" + way + "_errors", number(numbers, way + "_errors"))
                        .put(nic + "_" + way + "_packets", number(numbers, way + "_packets"));
        }
        return body;
    }

    private static ObjectNode standard(Server server, Diagnostics d) {
        var body = Json.object()
                .put("state", d.state().name().toLowerCase(Locale.ROOT))
                .put("driver", d.driver())
                .put("hypervisor", d.hypervisor())
                .put("hypervisor_os", "linux")
                .put("uptime", d.uptimeSeconds())
                .put("config_drive", server.configDrive())
                .put("num_cpus", server.flavor().vcpus())
                .put("num_nics", d.nics().size())
                .put("num_disks", d.disks().size());
        var disks = body.putArray("disk_details");
        for (var numbers : d.disks().values())
            disks.addObject()
                    .put("read_bytes", number(numbers, "read_bytes"))
                    .put("read_requests", number(numbers, "read_requests"))
                    .put("write_bytes", number(numbers, "write_bytes"))
                    .put("write_requests", number(numbers, "write_requests"))
                    .put("errors_count", number(numbers, "errors_count"));
        body.putArray("cpu_details")
                .addObject()
                .put("id", 0)
                .put("time", d.cpuTimeNanos())
                .putNull("utilisation");
        var nics = body.putArray("nic_details");
        d.nics().forEach((mac, numbers) -> {
            var nic = nics.addObject().put("mac_address", mac);
            for (var way : List.of("rx", "tx")) {
                nic.put(way + "_octets", number(numbers, way + "_octets"))
                        .put(way + "_errors", number(numbers, way + "_errors"))
                        .put(way + "_drop", number(numbers, way + "_drop"))
                        .put(way + "_packets", number(numbers, way + "_packets"));
                nic.putNull(way + "_rate");
            }
        });
        body.putObject("memory_details").put("maximum", d.memoryMib()).put("used", d.memoryUsedMib());
        return body;
    }

    private static long number(Map<String, Long> numbers, String name) {
        return numbers.getOrDefault(name, 0L);
    }

    /// Guests have one virtual NUMA node, which Nova does not list.
    private Reply topology(Request request) {
        return access.read(request.caller(), request.variable("server_id"), "compute:server:topology:index", (_, _) -> {
            var body = Json.object();
            body.putArray("nodes");
            body.putNull("pagesize_kb");
            return Reply.ok(body);
        });
    }

    private Reply password(Request request) {
        return access.read(
                request.caller(),
                request.variable("server_id"),
                "os-server-password:show",
                (_, server) -> Reply.ok(Json.object().put("password", server.password())));
    }

    private Reply clear(Request request) {
        access.change(request.caller(), request.variable("server_id"), "os-server-password:clear", (tx, server) -> {
            new ServerStore(tx).password(server.id(), "");
            return server;
        });
        return Reply.noContent();
    }
}
