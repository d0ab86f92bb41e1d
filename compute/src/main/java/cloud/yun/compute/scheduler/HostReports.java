package cloud.yun.compute.scheduler;

import cloud.yun.compute.agent.HostCommand.Done;
import cloud.yun.compute.agent.HostCommand.HostReport;
import cloud.yun.compute.driver.HypervisorDriver.Host;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.placement.Placement;
import cloud.yun.placement.Placement.Inventory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// What agents report becomes what the scheduler reads: the service's heartbeat, the hypervisor's facts, and the
/// provider's inventory in placement, in one transaction.
public final class HostReports {
    private static final Option<Double> CPU_RATIO =
            Option.decimal("DEFAULT", "cpu_allocation_ratio", 4.0, "How often each CPU of a host may be given out.");
    private static final Option<Double> RAM_RATIO = Option.decimal(
            "DEFAULT", "ram_allocation_ratio", 1.0, "How often each MiB of a host's memory may be given out.");
    private static final Option<Double> DISK_RATIO = Option.decimal(
            "DEFAULT", "disk_allocation_ratio", 1.0, "How often each GiB of a host's disk may be given out.");
    private static final Option<Integer> RESERVED_MEMORY =
            Option.integer("DEFAULT", "reserved_host_memory_mb", 512, "Memory of a host that no server gets, in MiB.");
    private static final Option<Integer> RESERVED_DISK =
            Option.integer("DEFAULT", "reserved_host_disk_mb", 0, "Disk of a host that no server gets, in MiB.");
    private static final Option<Integer> RESERVED_CPUS =
            Option.integer("DEFAULT", "reserved_host_cpus", 0, "CPUs of a host that no server gets.");

    private final Database db;
    private final Placement placement;
    private final ComputeHosts hosts;
    private final Config config;

    public HostReports(Database db, Placement placement, ComputeHosts hosts, Config config) {
        this.db = db;
        this.placement = placement;
        this.hosts = hosts;
        this.config = config;
    }

    public static List<Option<?>> options() {
        return List.of(CPU_RATIO, RAM_RATIO, DISK_RATIO, RESERVED_MEMORY, RESERVED_DISK, RESERVED_CPUS);
    }

    /// @return the resource provider of a host: always the same for the same name
    public static String providerOf(String host) {
        return UUID.nameUUIDFromBytes(("compute:" + host).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    public Done received(HostReport report) {
        var facts = report.facts();
        var provider = providerOf(report.host());
        db.write(tx -> {
            placement.report(tx, provider, facts.hostname(), inventories(facts), Set.of());
            hosts.report(tx, report.host(), provider, facts);
        });
        return new Done();
    }

    private Map<String, Inventory> inventories(Host facts) {
        var all = new LinkedHashMap<String, Inventory>();
        add(all, "VCPU", facts.vcpus(), config.get(RESERVED_CPUS), config.get(CPU_RATIO));
        add(all, "MEMORY_MB", facts.memoryMib(), config.get(RESERVED_MEMORY), config.get(RAM_RATIO));
        add(all, "DISK_GB", facts.diskGib(), (config.get(RESERVED_DISK) + 1023) / 1024, config.get(DISK_RATIO));
        return all;
    }

    private static void add(Map<String, Inventory> all, String name, long total, long reserved, double ratio) {
        if (total > 0) all.put(name, new Inventory(total, Math.min(reserved, total), 1, total, 1, ratio));
    }
}
