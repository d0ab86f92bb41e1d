package cloud.yun.network;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.quota.Quotas;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.reconcile.ReconcilerLoop;
import cloud.yun.network.agent.Agents;
import cloud.yun.network.agent.NetworkAgent;
import cloud.yun.network.agent.Plugin;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Crud;
import cloud.yun.network.api.CrudRoutes;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Guard;
import cloud.yun.network.apply.Applier;
import cloud.yun.network.apply.WantedState;
import cloud.yun.network.dhcp.DhcpNetworks;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.port.PortService;
import cloud.yun.network.port.Ports;
import cloud.yun.network.securitygroup.SecurityGroupRuleService;
import cloud.yun.network.securitygroup.SecurityGroupService;
import cloud.yun.network.securitygroup.SecurityGroups;
import cloud.yun.network.segment.Segments;
import cloud.yun.network.serverport.PortsOfServers;
import cloud.yun.network.subnet.SubnetService;
import cloud.yun.network.subnet.Subnets;
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
    private final PortsOfServers serverPorts;
    private final List<Route> routes = new ArrayList<>();
    private final List<Crud> resources;
    private Optional<ReconcilerLoop> loop = Optional.empty();
    private Optional<AutoCloseable> plugin = Optional.empty();

    /// @param driver the networks of this host
    public NetworkModule(Kernel kernel, NetworkDriver driver) {
        this.kernel = kernel;
        policy = new Policy(
                Rules.defaults(), Optional.of(kernel.data().resolve("network").resolve("policy.yaml")));
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
        var ports = new Ports(common, groups);
        var dhcp = new DhcpNetworks(common, ports);
        var subnets = new Subnets(common, ports, dhcp);
        PortService.Releases releases = (tx, caller, port) -> {};
        serverPorts = new PortsOfServers(common, ports, groups, releases, applier);
        resources = List.of(
                new NetworkService(common, new Segments(kernel.config()), subnets, groups),
                new SubnetService(common, subnets),
                new PortService(common, ports, groups, releases),
                new SecurityGroupService(common, groups),
                new SecurityGroupRuleService(common));
        for (var resource : resources) routes.addAll(new CrudRoutes(resource, common.guard()).routes());
    }

    /// All options of the room.
    public static List<Option<?>> options() {
        return NetworkOptions.all();
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
        return List.of();
    }

    @Override
    public void start() {
        plugin = Optional.of(kernel.bus().serve(Plugin.TOPIC, this::answer));
        agent.start();
        var applying = new ReconcilerLoop(applier);
        common.dirty().onMark(applying::wake);
        applying.start();
        applying.wake();
        loop = Optional.of(applying);
    }

    @Override
    public void stop() {
        loop.ifPresent(ReconcilerLoop::close);
        agent.close();
        plugin.ifPresent(p -> {
            try {
                p.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Object answer(Object message) {
        if (!(message instanceof Plugin question))
            throw new IllegalArgumentException("not for the network control plane: " + message.getClass());
        return switch (question) {
            case Plugin.WantedPort q -> new Plugin.PortState(wanted(w -> w.port(q.portId(), q.host())));
            case Plugin.WantedDhcp q -> new Plugin.DhcpState(wanted(w -> w.dhcp(q.networkId(), q.host())));
            case Plugin.WantedRouter q -> new Plugin.RouterState(wanted(w -> w.router(q.routerId(), q.host())));
            case Plugin.WantedPeers q -> wanted(w -> w.peers(q.networkId(), q.host()));
            case Plugin.WantedAll q -> wanted(w -> w.all(q.host()));
            case Plugin.Report q -> {
                agents.report(q);
                yield new Plugin.Noted();
            }
        };
    }

    private <T> T wanted(Function<WantedState, T> question) {
        return common.db().read((Tx tx) -> question.apply(new WantedState(tx, common.config())));
    }
}
