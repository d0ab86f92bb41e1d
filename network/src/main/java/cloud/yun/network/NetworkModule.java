package cloud.yun.network;

import cloud.yun.host.process.Commands;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Config.Wrong;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.quota.Quotas;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.reconcile.ReconcilerLoop;
import cloud.yun.kernel.state.StateTable;
import cloud.yun.network.addressgroup.AddressGroupService;
import cloud.yun.network.agent.NetworkAgent;
import cloud.yun.network.agent.Plugin;
import cloud.yun.network.agents.AgentService;
import cloud.yun.network.agents.Agents;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Crud;
import cloud.yun.network.api.CrudRoutes;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Guard;
import cloud.yun.network.api.Tags;
import cloud.yun.network.apply.Applier;
import cloud.yun.network.apply.LateScheduling;
import cloud.yun.network.apply.WantedState;
import cloud.yun.network.check.HostInvariant;
import cloud.yun.network.check.QuotaInvariant;
import cloud.yun.network.check.RowsInvariant;
import cloud.yun.network.dhcp.DhcpNetworks;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.driver.SimulatedNetworkDriver;
import cloud.yun.network.extension.InfoRoutes;
import cloud.yun.network.extension.IpAvailability;
import cloud.yun.network.floatingip.FloatingIpPools;
import cloud.yun.network.floatingip.FloatingIpService;
import cloud.yun.network.floatingip.FloatingIpStatus;
import cloud.yun.network.linuxbridge.LinuxBridgeConfig;
import cloud.yun.network.linuxbridge.LinuxBridgeDriver;
import cloud.yun.network.metadata.MetadataServer;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.port.PortService;
import cloud.yun.network.port.PortStatus;
import cloud.yun.network.port.Ports;
import cloud.yun.network.quota.QuotaRoutes;
import cloud.yun.network.quota.QuotaService;
import cloud.yun.network.rbac.RbacService;
import cloud.yun.network.router.RouterFlows;
import cloud.yun.network.router.RouterInterfaces;
import cloud.yun.network.router.RouterRoutes;
import cloud.yun.network.router.RouterService;
import cloud.yun.network.securitygroup.MemberStore;
import cloud.yun.network.securitygroup.SecurityGroupRuleService;
import cloud.yun.network.securitygroup.SecurityGroupService;
import cloud.yun.network.securitygroup.SecurityGroups;
import cloud.yun.network.segment.Segments;
import cloud.yun.network.serverport.AddressLookup;
import cloud.yun.network.serverport.PortsOfServers;
import cloud.yun.network.subnet.SubnetService;
import cloud.yun.network.subnet.Subnets;
import cloud.yun.network.subnetpool.AddressScopeService;
import cloud.yun.network.subnetpool.PoolPrefixes;
import cloud.yun.network.subnetpool.SubnetPoolService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Wires the network room. The constructor is what it needs, the methods are what it offers.
public final class NetworkModule implements Room {
    private static final Duration DRIFT = Duration.ofMinutes(1);

    private final Kernel kernel;
    private final Policy policy;
    private final Common common;
    private final Applier applier;
    private final NetworkAgent agent;
    private final Agents agents;
    private final Ports ports;
    private final PortsOfServers serverPorts;
    private final List<Route> routes = new ArrayList<>();
    private final RouterFlows routerFlows;
    private final LateScheduling late;
    private Optional<MetadataSource> metadataSource = Optional.empty();
    private Optional<MetadataServer> metadataServer = Optional.empty();
    private Optional<ReconcilerLoop> loop = Optional.empty();
    private Optional<Bus.Subscription> plugin = Optional.empty();

    /// @param driver the networks of this host
    public NetworkModule(Kernel kernel, NetworkDriver driver) {
        this.kernel = kernel;
        policy = new Policy(Rules.defaults(), PolicyFile.of(kernel, "network", "neutron"));
        common = new Common(
                kernel.db(),
                kernel.clock(),
                kernel.ids(),
                kernel.config(),
                kernel.events(),
                new Quotas("network", quotaDefaults(kernel)),
                new Guard(policy),
                new Dirty());
        applier = new Applier(common, kernel.bus());
        agent = new NetworkAgent(kernel.host(), driver, kernel.bus());
        agents = new Agents(common);
        var groups = new SecurityGroups(common);
        ports = new Ports(common, groups);
        var dhcp = new DhcpNetworks(common, ports);
        var subnets = new Subnets(common, ports, dhcp);
        routerFlows = new RouterFlows(common, kernel.flows(), applier, ports);
        late = new LateScheduling(common, dhcp, routerFlows);
        var floatingIps = new FloatingIpService(common, ports, routerFlows);
        serverPorts = new PortsOfServers(common, ports, groups, floatingIps, applier);
        var routers = new RouterService(common, ports, routerFlows);
        var portService = new PortService(common, ports, groups, floatingIps);
        tagged(
                new NetworkService(common, new Segments(kernel.config()), subnets, groups, floatingIps::dropUnused),
                "network");
        tagged(new SubnetService(common, subnets), "subnet");
        tagged(portService, "port");
        tagged(new SecurityGroupService(common, groups), "security_group");
        tagged(routers, "router");
        tagged(floatingIps, "floating_ip");
        var pools = new SubnetPoolService(common);
        tagged(pools, "subnet_pool");
        routes.addAll(new PoolPrefixes(common, pools).routes());
        var addressGroups = new AddressGroupService(common);
        routes.addAll(usual(addressGroups));
        routes.addAll(addressGroups.routes());
        routes.addAll(new FloatingIpPools(common).routes());
        routes.addAll(usual(new SecurityGroupRuleService(common)).stream()
                .filter(r -> !r.method().equals("PUT"))
                .toList());
        routes.addAll(usual(new AddressScopeService(common)));
        routes.addAll(usual(new RbacService(common)));
        var agentService = new AgentService(common);
        routes.addAll(agentService.routes(usual(agentService)));
        routes.addAll(new RouterRoutes(routers, new RouterInterfaces(common, ports, routers, routerFlows)).routes());
        routes.add(Route.get("/v2.0/ports/{id}/bindings", r -> bindings(portService, r))
                .policyOnObject("get_port_bindings"));
        routes.addAll(new QuotaRoutes(new QuotaService(common), common.guard()).routes());
        routes.addAll(new InfoRoutes(agents::zones).routes());
        routes.addAll(new IpAvailability(common).routes());
    }

    private static Reply bindings(PortService ports, Request request) {
        var body = Json.object();
        body.set("bindings", ports.bindings(request.caller(), request.variable("id")));
        return Reply.ok(body);
    }

    private List<Route> usual(Crud resource) {
        return new CrudRoutes(resource, common.guard()).routes();
    }

    private void tagged(Crud resource, String table) {
        routes.addAll(usual(resource));
        routes.addAll(new Tags(common, resource, table).routes());
    }

    /// The driver that `[ml2] mechanism_drivers` names.
    ///
    /// @param data the cloud's data directory
    /// @throws Wrong there is no such driver
    public static NetworkDriver driver(Config config, Path data, Commands commands) {
        var names = config.get(NetworkOptions.MECHANISM_DRIVERS);
        if (names.equals(List.of("simulated"))) return new SimulatedNetworkDriver();
        if (names.equals(List.of("linuxbridge")))
            return new LinuxBridgeDriver(
                    commands, LinuxBridgeConfig.from(config, data.resolve("network"), metadataSocket(data)));
        throw new Wrong("[ml2] mechanism_drivers: there is no driver '" + String.join(",", names)
                + "' here; choose linuxbridge or simulated");
    }

    /// Where the proxies in the namespaces find the metadata service.
    public static Path metadataSocket(Path data) {
        return data.resolve("network").resolve("metadata.sock");
    }

    /// Serves guests their metadata from `source` as soon as the room starts. Call it before [#start].
    public void metadata(MetadataSource source) {
        metadataSource = Optional.of(source);
    }

    /// All options of the room.
    public static List<Option<?>> options() {
        var all = new ArrayList<>(NetworkOptions.all());
        all.addAll(LinuxBridgeConfig.options());
        return all;
    }

    private static Map<String, Long> quotaDefaults(Kernel kernel) {
        var config = kernel.config();
        var defaults = new LinkedHashMap<String, Long>();
        defaults.put("network", (long) config.get(NetworkOptions.QUOTA_NETWORK));
        defaults.put("subnet", (long) config.get(NetworkOptions.QUOTA_SUBNET));
        defaults.put("subnetpool", (long) config.get(NetworkOptions.QUOTA_SUBNETPOOL));
        defaults.put("port", (long) config.get(NetworkOptions.QUOTA_PORT));
        defaults.put("router", (long) config.get(NetworkOptions.QUOTA_ROUTER));
        defaults.put("floatingip", (long) config.get(NetworkOptions.QUOTA_FLOATINGIP));
        defaults.put("rbac_policy", (long) config.get(NetworkOptions.QUOTA_RBAC_POLICY));
        defaults.put("security_group", (long) config.get(NetworkOptions.QUOTA_SECURITY_GROUP));
        defaults.put("security_group_rule", (long) config.get(NetworkOptions.QUOTA_SECURITY_GROUP_RULE));
        return defaults;
    }

    /// What compute needs of this room.
    public ServerPorts serverPorts() {
        return serverPorts;
    }

    @Override
    public ApiService service() {
        return new ApiService("network", "/networking", List.of(9696), FaultDialect.NETWORK, Optional.empty())
                .withBodyBytesMax(1 << 20);
    }

    @Override
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(agent.heartbeat(kernel.config().get(NetworkOptions.REPORT_INTERVAL)), agent.drift(DRIFT));
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(
                new RowsInvariant(common),
                new QuotaInvariant(common),
                new HostInvariant(common, applier, kernel.flows()));
    }

    @Override
    public Map<String, StateTable<?, ?>> states() {
        return Map.of("port", PortStatus.TABLE, "floating IP", FloatingIpStatus.TABLE);
    }

    @Override
    public void start() {
        plugin = Optional.of(kernel.bus().serve(Plugin.TOPIC, this::answer));
        common.db().write(ports::settlePairs);
        agent.start();
        var applying = new ReconcilerLoop(applier);
        common.dirty().onMark(applying::wake);
        applying.start();
        applying.wake();
        loop = Optional.of(applying);
        late.reconcile();
        metadataServer = metadataSource.map(
                source -> MetadataServer.start(metadataSocket(kernel.data()), new AddressLookup(common.db()), source));
    }

    @Override
    public void stop() {
        metadataServer.ifPresent(MetadataServer::close);
        loop.ifPresent(ReconcilerLoop::close);
        agent.close();
        plugin.ifPresent(Bus.Subscription::close);
    }

    /// Tells hosts what is due, now and in this thread. The room's own loop does it all the time.
    void apply() {
        applier.reconcile();
    }

    private Object answer(Object message) {
        if (!(message instanceof Plugin question))
            throw new IllegalArgumentException("not for the network control plane: " + message.getClass());
        return switch (question) {
            case Plugin.WantedPort q -> new Plugin.PortState(wanted(w -> w.port(q.portId(), q.host())));
            case Plugin.WantedGroup q -> group(q);
            case Plugin.UnwantedGroup q -> new Plugin.GroupRelease(released(q));
            case Plugin.WantedDhcp q -> wanted(w -> w.dhcp(q.networkId(), q.host(), q.since()));
            case Plugin.WantedRouter q -> new Plugin.RouterState(wanted(w -> w.router(q.routerId(), q.host())));
            case Plugin.WantedPeers q -> wanted(w -> w.peers(q.networkId(), q.host()));
            case Plugin.WantedAll q -> wanted(w -> w.all(q.host()));
            case Plugin.Report q -> {
                agents.report(q);
                yield new Plugin.Noted();
            }
        };
    }

    /// The host is on the list before it reads: a change in between is told to it, or read by it.
    private Plugin.GroupState group(Plugin.WantedGroup q) {
        if (q.since().isEmpty()) common.db().write(tx -> new MemberStore(tx).subscribe(q.groupId(), q.host()));
        return wanted(w -> w.group(q.groupId(), q.since()));
    }

    private boolean released(Plugin.UnwantedGroup q) {
        return common.db().transaction(tx -> {
            var store = new MemberStore(tx);
            if (store.namedOn(q.host(), q.groupId())) return false;
            store.unsubscribe(q.groupId(), q.host());
            return true;
        });
    }

    private <T> T wanted(Function<WantedState, T> question) {
        return common.db().read((Tx tx) -> question.apply(new WantedState(tx, common.config())));
    }
}
