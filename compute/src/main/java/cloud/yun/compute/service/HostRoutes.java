package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.compute.server.Servers.Summary;
import cloud.yun.compute.service.HypervisorView.Seen;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;

/// HTTP of hosts, the older name of services and hypervisors, until 2.42.
public final class HostRoutes implements Part {
    private static final String HOSTS = "/v2.1/os-hosts";
    private static final String HOST = HOSTS + "/{host}";
    private static final String RULE = "os_compute_api:os-hosts:";

    private final HostService hosts;
    private final HypervisorView hypervisors;

    public HostRoutes(HostService hosts, HypervisorView hypervisors) {
        this.hosts = hosts;
        this.hypervisors = hypervisors;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                        Route.get(HOSTS, this::list).policy(RULE + "list"),
                        Route.get(HOST, this::show).policy(RULE + "show"),
                        Route.put(HOST, this::update).policy(RULE + "update").schema("schema/compute/host-update.json"),
                        Route.get(HOST + "/startup", this::power).policy(RULE + "start"),
                        Route.get(HOST + "/shutdown", this::power).policy(RULE + "shutdown"),
                        Route.get(HOST + "/reboot", this::power).policy(RULE + "reboot"))
                .stream()
                .map(r -> r.until("2.42"))
                .toList();
    }

    private Reply list(Request request) {
        var zone = request.query("zone").filter(z -> !z.isEmpty());
        var body = Json.object();
        var array = body.putArray("hosts");
        for (var shown : hosts.services(Optional.empty(), Optional.empty())) {
            if (shown.service().disabled()
                    || zone.filter(z -> !z.equals(shown.zone())).isPresent()) continue;
            array.addObject()
                    .put("host_name", shown.service().host())
                    .put("service", shown.service().program().replace("nova-", ""))
                    .put("zone", shown.zone());
        }
        return Reply.ok(body);
    }

    private Seen required(Request request) {
        var name = request.variable("host");
        return hypervisors.all().stream()
                .filter(s -> s.service().host().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFound("Compute host " + name + " could not be found."));
    }

    private Reply show(Request request) {
        var seen = required(request);
        var host = seen.service().host();
        var facts = seen.hypervisor().facts();
        var body = Json.object();
        var array = body.putArray("host");
        add(array, host, "(total)", facts.vcpus(), facts.memoryMib(), facts.diskGib());
        add(array, host, "(used_now)", seen.vcpusUsed(), seen.memoryUsedMib(), seen.diskUsedGib());
        sum(array, host, "(used_max)", seen.servers());
        var byProject = new TreeMap<String, List<Summary>>();
        for (var server : seen.servers())
            byProject
                    .computeIfAbsent(server.projectId(), _ -> new java.util.ArrayList<>())
                    .add(server);
        byProject.forEach((project, servers) -> sum(array, host, project, servers));
        return Reply.ok(body);
    }

    private static void sum(ArrayNode array, String host, String project, List<Summary> servers) {
        add(
                array,
                host,
                project,
                servers.stream().mapToLong(Summary::vcpus).sum(),
                servers.stream().mapToLong(Summary::ramMib).sum(),
                servers.stream().mapToLong(s -> s.rootGib() + s.ephemeralGib()).sum());
    }

    private static void add(ArrayNode array, String host, String project, long cpu, long memoryMib, long diskGib) {
        array.addObject()
                .putObject("resource")
                .put("host", host)
                .put("project", project)
                .put("cpu", cpu)
                .put("memory_mb", memoryMib)
                .put("disk_gb", diskGib);
    }

    private Reply update(Request request) {
        var seen = required(request);
        var host = seen.service().host();
        if (request.body().has("maintenance_mode")) throw unsupported();
        boolean enable = request.body()
                .path("status")
                .asString()
                .toLowerCase(Locale.ROOT)
                .equals("enable");
        hosts.change(
                host,
                HostService.COMPUTE,
                s -> new ServiceStore.Service(
                        s.number(),
                        s.id(),
                        s.program(),
                        s.host(),
                        !enable,
                        Optional.empty(),
                        s.forcedDown(),
                        s.reportedAt()));
        return Reply.ok(Json.object().put("host", host).put("status", enable ? "enabled" : "disabled"));
    }

    /// No hypervisor of ours turns its machine off.
    private Reply power(Request request) {
        required(request);
        throw unsupported();
    }

    private static Refused unsupported() {
        return new Refused(501, "The requested functionality is not supported.");
    }
}
