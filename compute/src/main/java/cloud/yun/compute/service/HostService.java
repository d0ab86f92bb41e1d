package cloud.yun.compute.service;

import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.server.Servers;
import cloud.yun.compute.service.HypervisorStore.Hypervisor;
import cloud.yun.compute.service.ServiceStore.Service;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The rules of services and hypervisors.
public final class HostService implements ComputeHosts {
    static final String COMPUTE = "nova-compute";
    /// Programs of the control plane. Each process of ours is all of them.
    static final List<String> CONTROL = List.of("nova-conductor", "nova-scheduler");
    /// Where the programs of the control plane live.
    static final String INTERNAL = "internal";

    private static final Option<Duration> DOWN_TIME = Option.seconds(
            "DEFAULT", "service_down_time", 60, "A service without a heartbeat for so many seconds is down.");
    private static final Option<Duration> INTERVAL =
            Option.seconds("DEFAULT", "report_interval", 10, "Seconds between two heartbeats of a service.");
    private static final Option<String> DEFAULT_ZONE = Option.text(
            "DEFAULT",
            "default_availability_zone",
            "nova",
            "Availability zone of hosts that no aggregate puts in one.");

    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Duration downTime;
    private final Duration interval;
    private final String defaultZone;

    public HostService(Database db, Clock clock, Supplier<UUID> ids, Config config) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
        this.downTime = config.get(DOWN_TIME);
        this.interval = config.get(INTERVAL);
        this.defaultZone = config.get(DEFAULT_ZONE);
    }

    public static List<Option<?>> options() {
        return List.of(DOWN_TIME, INTERVAL, DEFAULT_ZONE);
    }

    /// @return the period of heartbeats
    public Duration interval() {
        return interval;
    }

    // ---------------------------------------------------------------- for agents and the scheduler

    @Override
    public void report(Tx tx, String host, String providerUuid, HypervisorDriver.Host facts) {
        new ServiceStore(tx).report(ids.get().toString(), COMPUTE, host, clock.instant());
        new HypervisorStore(tx).report(host, providerUuid, facts, clock.instant());
    }

    @Override
    public List<ComputeHost> all(Tx tx) {
        return hosts(tx, Optional.empty());
    }

    @Override
    public Optional<ComputeHost> find(Tx tx, String host) {
        return hosts(tx, Optional.of(host)).stream().findFirst();
    }

    @Override
    public boolean zoneExists(Tx tx, String zone) {
        if (zone.equals(defaultZone)) return true;
        return new AggregateStore(tx).all().stream().anyMatch(a -> a.zone().equals(Optional.of(zone)));
    }

    private List<ComputeHost> hosts(Tx tx, Optional<String> only) {
        var hypervisors = new LinkedHashMap<String, Hypervisor>();
        new HypervisorStore(tx).all().forEach(h -> hypervisors.put(h.host(), h));
        var metadata = metadata(tx);
        var found = new ArrayList<ComputeHost>();
        for (var service : new ServiceStore(tx).list(only, Optional.of(COMPUTE))) {
            var hypervisor = hypervisors.get(service.host());
            if (hypervisor == null) continue;
            var mine = metadata.getOrDefault(service.host(), Map.of());
            found.add(new ComputeHost(
                    service.host(),
                    hypervisor.facts().hostname(),
                    hypervisor.id(),
                    up(service),
                    service.disabled(),
                    service.disabledReason(),
                    service.forcedDown(),
                    mine.getOrDefault(AggregateStore.ZONE, List.of(defaultZone)).getFirst(),
                    mine));
        }
        found.sort(java.util.Comparator.comparing(ComputeHost::host));
        return found;
    }

    /// @return host to metadata key to the values in all its aggregates
    private static Map<String, Map<String, List<String>>> metadata(Tx tx) {
        var byHost = new LinkedHashMap<String, Map<String, List<String>>>();
        for (var aggregate : new AggregateStore(tx).all())
            for (var host : aggregate.hosts())
                aggregate
                        .metadata()
                        .forEach((key, value) -> byHost.computeIfAbsent(host, _ -> new LinkedHashMap<>())
                                .computeIfAbsent(key, _ -> new ArrayList<>())
                                .add(value));
        return byHost;
    }

    boolean up(Service service) {
        return !service.forcedDown() && service.reportedAt().plus(downTime).isAfter(clock.instant());
    }

    // ---------------------------------------------------------------- services

    /// @param zone `internal` for the control plane's
    record Shown(Service service, String zone, boolean up) {}

    List<Shown> services(Optional<String> host, Optional<String> program) {
        return db.read(tx -> {
            var zones = metadata(tx);
            return new ServiceStore(tx)
                    .list(host, program).stream().map(s -> shown(s, zones)).toList();
        });
    }

    private Shown shown(Service service, Map<String, Map<String, List<String>>> metadata) {
        var zone = service.program().equals(COMPUTE)
                ? metadata.getOrDefault(service.host(), Map.of())
                        .getOrDefault(AggregateStore.ZONE, List.of(defaultZone))
                        .getFirst()
                : INTERNAL;
        return new Shown(service, zone, up(service));
    }

    /// Before microversion 2.53 a service is named by host and program.
    ///
    /// @throws NotFound there is none
    Shown change(String host, String program, UnaryOperator<Service> change) {
        return db.transaction(tx -> {
            var store = new ServiceStore(tx);
            var found = store.find(host, program)
                    .orElseThrow(() -> new NotFound("Could not find binary " + program + " on host " + host + "."));
            var changed = change.apply(found);
            store.set(changed);
            return shown(changed, metadata(tx));
        });
    }

    Shown change(String id, UnaryOperator<Service> change) {
        return db.transaction(tx -> {
            var store = new ServiceStore(tx);
            var found = store.byId(id).orElseThrow(() -> unknown(id));
            var changed = change.apply(found);
            store.set(changed);
            return shown(changed, metadata(tx));
        });
    }

    /// A compute service goes with its hypervisor and leaves its aggregates.
    ///
    /// @throws Conflict servers live on its host
    void delete(String id, Servers servers) {
        db.write(tx -> {
            var store = new ServiceStore(tx);
            var found = store.byId(id).or(() -> store.byNumber(id)).orElseThrow(() -> unknown(id));
            if (found.program().equals(COMPUTE)) {
                if (servers.countByHost(tx).getOrDefault(found.host(), 0) > 0)
                    throw new Conflict(
                            "Unable to delete compute service that is hosting instances. Migrate or delete the instances"
                                    + " first.");
                new HypervisorStore(tx).delete(found.host());
                new AggregateStore(tx).removeHostEverywhere(found.host());
            }
            store.delete(found);
        });
    }

    private static NotFound unknown(String id) {
        return new NotFound("Service " + id + " could not be found.");
    }

    /// Says every `report_interval` that this process of the control plane lives.
    Reconciler heartbeat(String host) {
        return new Reconciler() {
            @Override
            public String name() {
                return "service-heartbeat";
            }

            @Override
            public Duration period() {
                return interval;
            }

            @Override
            public void reconcile() {
                beat(host);
            }
        };
    }

    void beat(String host) {
        db.write(tx -> {
            var store = new ServiceStore(tx);
            for (var program : CONTROL) store.report(ids.get().toString(), program, host, clock.instant());
        });
    }

    String defaultZone() {
        return defaultZone;
    }
}
