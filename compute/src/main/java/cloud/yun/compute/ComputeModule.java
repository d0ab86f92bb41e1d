package cloud.yun.compute;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.blockstorage.VolumeGrowth;
import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.api.StrictQuery;
import cloud.yun.compute.console.ConsoleProxy;
import cloud.yun.compute.console.ConsoleRoutes;
import cloud.yun.compute.console.ConsoleService;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.flavor.FlavorRoutes;
import cloud.yun.compute.flavor.FlavorService;
import cloud.yun.compute.keypair.KeypairRoutes;
import cloud.yun.compute.keypair.KeypairService;
import cloud.yun.compute.lifecycle.ExtendVolume;
import cloud.yun.compute.lifecycle.Wiring;
import cloud.yun.compute.metadata.MetadataService;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.proxy.FloatingIpProxy;
import cloud.yun.compute.proxy.ProxyParts;
import cloud.yun.compute.quota.ComputeQuotas;
import cloud.yun.compute.quota.LimitRoutes;
import cloud.yun.compute.quota.QuotaRoutes;
import cloud.yun.compute.quota.QuotaService;
import cloud.yun.compute.quota.UsageRoutes;
import cloud.yun.compute.quota.UsageService;
import cloud.yun.compute.scheduler.HostsPart;
import cloud.yun.compute.server.Notifications;
import cloud.yun.compute.server.Servers;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.serverapi.InsideRoutes;
import cloud.yun.compute.serverapi.ServerAccess;
import cloud.yun.compute.serverapi.ServersLookup;
import cloud.yun.compute.serverapi.ServersPart;
import cloud.yun.compute.servergroup.ServerGroupRoutes;
import cloud.yun.compute.servergroup.ServerGroupService;
import cloud.yun.compute.service.AggregateRoutes;
import cloud.yun.compute.service.AggregateService;
import cloud.yun.compute.service.AuditLogRoutes;
import cloud.yun.compute.service.CacheImageRoutes;
import cloud.yun.compute.service.CacheImages;
import cloud.yun.compute.service.HostRoutes;
import cloud.yun.compute.service.HostService;
import cloud.yun.compute.service.HypervisorRoutes;
import cloud.yun.compute.service.HypervisorView;
import cloud.yun.compute.service.ServiceRoutes;
import cloud.yun.compute.service.ZoneRoutes;
import cloud.yun.compute.version.VersionRoutes;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.state.StateTable;
import cloud.yun.network.MetadataSource;
import cloud.yun.network.ServerPorts;
import cloud.yun.placement.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Wires the compute room. The constructor is what the room needs from the house; the methods are what it offers.
public final class ComputeModule implements Room {
    private static final Microversions RANGE = new Microversions(
            "compute",
            Microversion.of("2.1"),
            Microversion.of("2.103"),
            Optional.of("X-OpenStack-Nova-API-Version"),
            List.of("/v2.1"));

    private static final Option<Integer> SIMULATED_HOSTS =
            Option.integer("simulated", "hosts", 1, "How many hosts the simulated driver pretends to be.");

    private final Policy policy;
    private final List<Part> parts;
    private final List<Route> routes;
    private final Servers servers = new ServersLookup();
    private final Agents agents;
    private final MetadataService metadata;
    private final ConsoleProxy consoleProxy;
    private final ExtendVolume extendVolume;

    /// @param peers whose APIs the legacy proxies pass on
    /// @param driver of this host; a simulated one may stand for many (`[simulated] hosts`)
    public ComputeModule(
            Kernel kernel,
            Images images,
            Placement placement,
            ServerPorts ports,
            ServerVolumes volumes,
            Peers peers,
            HypervisorDriver driver) {
        var db = kernel.db();
        var clock = kernel.clock();
        policy = ComputePolicy.of(
                PolicyFile.of(kernel, "compute", "nova"),
                List.of(KeypairRoutes.RULES, QuotaRoutes.RULES, HypervisorRoutes.RULES, InsideRoutes.RULES));
        agents = new Agents(kernel.bus(), kernel.config());
        var quotas = ComputeQuotas.of(kernel.config());
        var flavors = new FlavorService(db, clock);
        var keypairs = new KeypairService(db, clock, policy, quotas);
        var hosts = new HostService(db, clock, kernel.ids(), kernel.config());
        var groups = new ServerGroupService(db, clock, policy, quotas);
        metadata = new MetadataService(
                db, servers, ports::ofServer, (tx, id) -> new VolumeStore(tx).of(id), kernel.config());
        var consoles = new ConsoleService(db, clock, policy, servers, agents, kernel.config());
        consoleProxy = new ConsoleProxy(consoles, kernel.config());
        var wiring = new Wiring(
                db,
                kernel.flows(),
                clock,
                kernel.ids(),
                kernel.config(),
                agents,
                images,
                placement,
                ports,
                volumes,
                groups,
                hosts,
                quotas,
                new Notifications(kernel.events()),
                metadata::configDrive);
        var access = new ServerAccess(db, policy);
        var serversPart = new ServersPart(wiring, access, flavors, keypairs);
        var hypervisors = new HypervisorView(db, hosts, placement, servers);
        extendVolume = serversPart.extendVolume();
        parts = List.of(
                new VersionRoutes(RANGE),
                new FlavorRoutes(flavors, policy, kernel.ids()),
                new KeypairRoutes(keypairs),
                new ServiceRoutes(hosts, servers, kernel.host()),
                new HostRoutes(hosts, hypervisors),
                new AuditLogRoutes(hosts, clock, kernel.config()),
                new HypervisorRoutes(hypervisors, policy),
                new ZoneRoutes(hosts),
                new AggregateRoutes(new AggregateService(db, clock, kernel.ids(), servers)),
                new CacheImageRoutes(new CacheImages(db, kernel.flows(), images, agents)),
                new ServerGroupRoutes(groups, policy, kernel.ids()),
                new QuotaRoutes(policy, new QuotaService(db, quotas)),
                new LimitRoutes(policy, new QuotaService(db, quotas)),
                new UsageRoutes(clock, policy, new UsageService(db, servers)),
                new ConsoleRoutes(consoles, kernel.config()),
                serversPart,
                new ProxyParts(peers, db, access, quotas, kernel.config()),
                new HostsPart(kernel, placement, hosts, drivers(kernel, driver), serversPart.powerSync()::settled));
        var all = new ArrayList<Route>();
        parts.forEach(p -> all.addAll(p.routes()));
        all.addAll(LegacyApi.volumesBoot(all));
        routes = LegacyApi.with(StrictQuery.with(all));
    }

    private static Map<String, HypervisorDriver> drivers(Kernel kernel, HypervisorDriver driver) {
        var all = new LinkedHashMap<String, HypervisorDriver>();
        all.put(kernel.host(), driver);
        if (driver instanceof HypervisorDriver.CanPretend first)
            for (int i = 2; i <= kernel.config().get(SIMULATED_HOSTS); i++)
                all.put(kernel.host() + "-" + i, first.sibling(kernel.host() + "-" + i));
        return all;
    }

    /// Block storage tells here that a volume which servers have has grown.
    public void volumeGrown(VolumeGrowth growth) {
        extendVolume.grown(growth);
    }

    /// All options of the room, for the one configuration of the process.
    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(ComputeQuotas.options());
        all.add(SIMULATED_HOSTS);
        all.addAll(HostService.options());
        all.addAll(AuditLogRoutes.options());
        all.addAll(Agents.options());
        all.addAll(HostsPart.options());
        all.addAll(ConsoleRoutes.options());
        all.addAll(ConsoleProxy.options());
        all.addAll(MetadataService.options());
        all.addAll(ServersPart.options());
        all.addAll(FloatingIpProxy.options());
        return List.copyOf(all);
    }

    @Override
    public Map<String, StateTable<?, ?>> states() {
        return Map.of(
                "server (vm_state)", VmState.table(),
                "server (task_state)", TaskState.table(),
                "server volume", VolumeState.table(),
                "migration", MigrationStatus.table());
    }

    /// What guests may read about themselves, for the network room's metadata service.
    public MetadataSource metadata() {
        return metadata;
    }

    /// The gateway's handler of [ConsoleProxy#MOUNT].
    public ConsoleProxy consoleProxy() {
        return consoleProxy;
    }

    @Override
    public ApiService service() {
        return new ApiService("compute", "/compute", List.of(8774), FaultDialect.COMPUTE, Optional.of(RANGE))
                .withProjectPrefixes("/v2.1", "/v2")
                .withStrictSlash();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Reconciler> reconcilers() {
        return parts.stream().flatMap(p -> p.reconcilers().stream()).toList();
    }

    @Override
    public List<Invariant> invariants() {
        return parts.stream().flatMap(p -> p.invariants().stream()).toList();
    }

    @Override
    public void start() {
        parts.forEach(Part::start);
    }

    @Override
    public void stop() {
        parts.reversed().forEach(Part::stop);
    }
}
