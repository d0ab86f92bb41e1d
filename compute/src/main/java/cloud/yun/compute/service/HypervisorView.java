package cloud.yun.compute.service;

import cloud.yun.compute.server.Servers;
import cloud.yun.compute.service.HypervisorStore.Hypervisor;
import cloud.yun.compute.service.ServiceStore.Service;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import cloud.yun.placement.Placement;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// How hypervisors look in answers. What their servers use is placement's, never a count of our own.
public final class HypervisorView {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

    /// @param memoryUsedMib with what the host keeps for itself, as Nova shows it
    record Seen(
            Hypervisor hypervisor,
            Service service,
            boolean up,
            long vcpusUsed,
            long memoryUsedMib,
            long diskUsedGib,
            List<Servers.Summary> servers) {}

    private final Database db;
    private final HostService hosts;
    private final Placement placement;
    private final Servers servers;

    public HypervisorView(Database db, HostService hosts, Placement placement, Servers servers) {
        this.db = db;
        this.hosts = hosts;
        this.placement = placement;
        this.servers = servers;
    }

    List<Seen> all() {
        return db.read(this::all);
    }

    private List<Seen> all(Tx tx) {
        var services = new HashMap<String, Service>();
        for (var service : new ServiceStore(tx).list(Optional.empty(), Optional.of(HostService.COMPUTE)))
            services.put(service.host(), service);
        var providers = new HashMap<String, Placement.Provider>();
        for (var provider : placement.providers(tx)) providers.put(provider.uuid(), provider);
        var seen = new ArrayList<Seen>();
        for (var hypervisor : new HypervisorStore(tx).all()) {
            var service = services.get(hypervisor.host());
            if (service == null) continue;
            var provider = Optional.ofNullable(providers.get(hypervisor.id()));
            seen.add(new Seen(
                    hypervisor,
                    service,
                    hosts.up(service),
                    used(provider, "VCPU"),
                    used(provider, "MEMORY_MB"),
                    used(provider, "DISK_GB"),
                    servers.onHost(tx, hypervisor.host())));
        }
        return seen;
    }

    private static long used(Optional<Placement.Provider> provider, String resource) {
        return provider.map(p -> p.resources().get(resource))
                .map(r ->
                        r.used() + (resource.equals("VCPU") ? 0 : r.inventory().reserved()))
                .orElse(0L);
    }

    static String id(Request request, Seen seen) {
        return request.microversion().atLeast(53)
                ? seen.hypervisor().id()
                : Long.toString(seen.hypervisor().number());
    }

    ObjectNode brief(Request request, Seen seen) {
        var view = Json.object();
        if (request.microversion().atLeast(53)) view.put("id", seen.hypervisor().id());
        else view.put("id", seen.hypervisor().number());
        return view.put("hypervisor_hostname", seen.hypervisor().facts().hostname())
                .put("state", seen.up() ? "up" : "down")
                .put("status", seen.service().disabled() ? "disabled" : "enabled");
    }

    ObjectNode detail(Request request, Seen seen) {
        var version = request.microversion();
        var facts = seen.hypervisor().facts();
        var view = brief(request, seen)
                .put("hypervisor_type", facts.type())
                .put("hypervisor_version", facts.version())
                .put("host_ip", facts.hostIp());
        var service = view.putObject("service");
        if (version.atLeast(53)) service.put("id", seen.service().id());
        else service.put("id", seen.service().number());
        service.put("host", seen.service().host())
                .put("disabled_reason", seen.service().disabledReason().orElse(null));
        if (version.atLeast(88)) return view.put("uptime", uptime(seen).orElse(null));
        numbers(view, List.of(seen));
        if (version.atLeast(28)) view.set("cpu_info", Json.storedObject(facts.cpuInfo()));
        else view.put("cpu_info", facts.cpuInfo());
        return view;
    }

    ObjectNode statistics(List<Seen> seen) {
        var view = Json.object().put("count", seen.size());
        numbers(view, seen.stream().filter(s -> !s.service().disabled()).toList());
        return view;
    }

    private static void numbers(ObjectNode view, List<Seen> seen) {
        long vcpus = 0;
        long vcpusUsed = 0;
        long memory = 0;
        long memoryUsed = 0;
        long disk = 0;
        long diskUsed = 0;
        long available = 0;
        int running = 0;
        long busy = 0;
        for (var one : seen) {
            var facts = one.hypervisor().facts();
            vcpus += facts.vcpus();
            vcpusUsed += one.vcpusUsed();
            memory += facts.memoryMib();
            memoryUsed += one.memoryUsedMib();
            disk += facts.diskGib();
            diskUsed += one.diskUsedGib();
            available += facts.freeDiskGib();
            running += one.servers().size();
            busy += one.servers().stream()
                    .filter(s -> s.taskState().isPresent())
                    .count();
        }
        view.put("vcpus", vcpus)
                .put("memory_mb", memory)
                .put("local_gb", disk)
                .put("vcpus_used", vcpusUsed)
                .put("memory_mb_used", memoryUsed)
                .put("local_gb_used", diskUsed)
                .put("free_ram_mb", memory - memoryUsed)
                .put("free_disk_gb", disk - diskUsed)
                .put("current_workload", busy)
                .put("running_vms", running)
                .put("disk_available_least", available);
    }

    void addServers(ObjectNode view, Seen seen) {
        if (seen.servers().isEmpty()) return;
        var array = view.putArray("servers");
        for (var server : seen.servers())
            array.addObject().put("name", server.instanceName()).put("uuid", server.id());
    }

    /// In the form of the program `uptime`, without the users and loads that say nothing about a hypervisor.
    ///
    /// @return empty when the hypervisor has no uptime: the simulated one
    static Optional<String> uptime(Seen seen) {
        long seconds = seen.hypervisor().facts().uptimeSeconds();
        if (seconds <= 0) return Optional.empty();
        long days = seconds / 86_400;
        var clock = "%d:%02d".formatted(seconds % 86_400 / 3_600, seconds % 3_600 / 60);
        return Optional.of(" " + TIME.format(seen.hypervisor().reportedAt()) + " up "
                + (days == 0 ? "" : days + (days == 1 ? " day, " : " days, ")) + clock);
    }
}
