package cloud.yun.network.agent;

import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.network.agent.HostCommand.Done;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.port.Port;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent of one host. Serves `network.HOST`, fetches wanted states from [Plugin#TOPIC], calls the driver.
public final class NetworkAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkAgent.class);
    private static final Duration ASK = Duration.ofSeconds(30);
    private static final int LOCKS = 64;

    private final String host;
    private final NetworkDriver driver;
    private final Bus bus;
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
    private final KeptGroups groups;
    private final KeptDhcp servers = new KeptDhcp();
    private final Set<String> suspects = ConcurrentHashMap.newKeySet();
    private volatile Bus.Subscription serving = () -> {};
    private volatile boolean reported;

    public NetworkAgent(String host, NetworkDriver driver, Bus bus) {
        this.host = host;
        this.driver = driver;
        this.bus = bus;
        this.groups = new KeptGroups(host, driver, bus, ASK);
        for (int i = 0; i < LOCKS; i++) locks[i] = new ReentrantLock();
    }

    public static String topic(String host) {
        return "network." + host;
    }

    /// Reports, serves, and brings the host in line with what is wanted on it. Guests' ports that are wanted stay.
    public void start() {
        serving = bus.serve(topic(host), this::handle);
        report();
        resync(Set.of());
    }

    @Override
    public void close() {
        serving.close();
    }

    private void report() {
        bus.call(
                Plugin.TOPIC,
                new Plugin.Report(host, driver.agentType(), driver.tunnelAddress(), !reported),
                Plugin.Noted.class,
                ASK);
        reported = true;
    }

    private Object handle(Object message) {
        if (!(message instanceof HostCommand command))
            throw new IllegalArgumentException("not for a network agent: " + message.getClass());
        return switch (command) {
            case HostCommand.Plug c -> plug(c.portId());
            case HostCommand.Unplug c -> unplug(c);
            case HostCommand.Refresh c -> refresh(c);
            case HostCommand.Group c -> new Done(groups.changed(c.groupId()));
            case HostCommand.Dhcp c -> dhcp(c.networkId());
            case HostCommand.Router c -> router(c.routerId());
            case HostCommand.Peers c -> peers(c.networkId());
            case HostCommand.Look _ -> new HostCommand.Found(driver.inventory());
            case HostCommand.Resync _ -> {
                groups.forget();
                resync(Set.of());
                yield new Done(true);
            }
        };
    }

    private interface Work {
        Done run();
    }

    /// One object at a time: the state is fetched inside, so the last one applied is the newest.
    private Done alone(String id, Work work) {
        var lock = locks[Math.floorMod(id.hashCode(), LOCKS)];
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    private Done plug(String portId) {
        return alone(portId, () -> {
            var wanted = ask(new Plugin.WantedPort(portId, host), Plugin.PortState.class)
                    .port();
            wanted.ifPresent(port -> {
                groups.need(port);
                driver.plug(port);
            });
            return new Done(wanted.isPresent());
        });
    }

    private Done unplug(HostCommand.Unplug c) {
        return alone(c.portId(), () -> {
            driver.unplug(c.portId(), c.tap(), c.networkId());
            return new Done(false);
        });
    }

    private Done refresh(HostCommand.Refresh c) {
        return alone(c.portId(), () -> {
            var wanted = ask(new Plugin.WantedPort(c.portId(), host), Plugin.PortState.class)
                    .port();
            if (wanted.isPresent()) {
                groups.need(wanted.get());
                driver.update(wanted.get());
            } else driver.unplug(c.portId(), c.tap(), c.networkId());
            return new Done(wanted.isPresent());
        });
    }

    private Done dhcpAnew(String networkId) {
        return alone(networkId, () -> {
            servers.forget(networkId);
            return dhcp(networkId);
        });
    }

    private Done dhcp(String networkId) {
        return alone(networkId, () -> {
            var answer = ask(new Plugin.WantedDhcp(networkId, host, servers.serial(networkId)), Plugin.DhcpState.class);
            var wanted = servers.merged(answer);
            boolean done = false;
            try {
                if (wanted.isPresent()) driver.applyDhcp(wanted.get());
                else driver.removeDhcp(networkId);
                done = wanted.isPresent();
            } finally {
                if (!done) servers.forget(networkId);
            }
            return new Done(done);
        });
    }

    private Done router(String routerId) {
        return alone(routerId, () -> {
            var wanted = ask(new Plugin.WantedRouter(routerId, host), Plugin.RouterState.class)
                    .router();
            if (wanted.isPresent()) driver.applyRouter(wanted.get());
            else driver.removeRouter(routerId);
            return new Done(wanted.isPresent());
        });
    }

    private Done peers(String networkId) {
        return alone(networkId, () -> {
            var wanted = ask(new Plugin.WantedPeers(networkId, host), Plugin.PeerState.class);
            wanted.segment().ifPresent(segment -> driver.applyPeers(segment, wanted.peers()));
            return new Done(wanted.segment().isPresent());
        });
    }

    private <R> R ask(Plugin question, Class<R> answer) {
        return bus.call(Plugin.TOPIC, question, answer, ASK);
    }

    /// @param spared orphans that are only noted, because work in flight may still claim them
    /// @return the orphans that were found
    private Set<String> resync(Set<String> spared) {
        var wanted = ask(new Plugin.WantedAll(host), Plugin.HostState.class);
        for (var port : wanted.ports()) one("port " + port, () -> plug(port));
        for (var network : wanted.dhcpNetworks()) one("DHCP of " + network, () -> dhcpAnew(network));
        for (var router : wanted.routers()) one("router " + router, () -> router(router));
        for (var network : wanted.networks()) one("peers of " + network, () -> peers(network));
        keepGroups(wanted, driver.inventory());
        return orphans(wanted, spared);
    }

    private void keepGroups(Plugin.HostState wanted, NetworkDriver.Inventory there) {
        for (var id : wanted.groups())
            if (!there.groups().contains(id)) one("security group " + id, () -> new Done(groups.renew(id)));
        for (var id : there.groups())
            if (!wanted.groups().contains(id)) one("unused security group " + id, () -> new Done(groups.drop(id)));
    }

    private Set<String> orphans(Plugin.HostState wanted, Set<String> spared) {
        var found = ConcurrentHashMap.<String>newKeySet();
        var there = driver.inventory();
        for (var id : there.ports())
            if (!wanted.ports().contains(id) && suspect(found, spared, "port " + id))
                one("orphaned port " + id, () -> refresh(new HostCommand.Refresh(id, Port.tap(id), "")));
        for (var id : there.dhcpNetworks())
            if (!wanted.dhcpNetworks().contains(id) && suspect(found, spared, "dhcp " + id))
                one("orphaned DHCP of " + id, () -> dhcp(id));
        for (var id : there.routers())
            if (!wanted.routers().contains(id) && suspect(found, spared, "router " + id))
                one("orphaned router " + id, () -> router(id));
        return found;
    }

    private static boolean suspect(Set<String> found, Set<String> spared, String what) {
        found.add(what);
        return !spared.contains(what);
    }

    /// One object that cannot be applied must not keep the others away.
    private static void one(String what, Work work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            var detail = e instanceof CloudException c ? c.detail() : "";
            LOG.error("resync: {}: {} {}", what, e.getMessage(), detail, e);
        }
    }

    /// Says that the agent is alive.
    public Reconciler heartbeat(Duration period) {
        return new Reconciler() {
            @Override
            public String name() {
                return "network-agent-report";
            }

            @Override
            public Duration period() {
                return period;
            }

            @Override
            public void reconcile() {
                report();
            }
        };
    }

    /// Repairs drift between the host and what is wanted. An orphan goes in the second pass that sees it.
    public Reconciler drift(Duration period) {
        return new Reconciler() {
            @Override
            public String name() {
                return "network-agent-drift";
            }

            @Override
            public Duration period() {
                return period;
            }

            @Override
            public void reconcile() {
                var wanted = ask(new Plugin.WantedAll(host), Plugin.HostState.class);
                var there = driver.inventory();
                keepGroups(wanted, there);
                for (var port : wanted.ports())
                    if (!there.ports().contains(port)) one("port " + port, () -> plug(port));
                for (var network : wanted.dhcpNetworks())
                    if (!there.dhcpNetworks().contains(network)) one("DHCP of " + network, () -> dhcpAnew(network));
                for (var router : wanted.routers())
                    if (!there.routers().contains(router)) one("router " + router, () -> router(router));
                var before = Set.copyOf(suspects);
                var fresh = ConcurrentHashMap.<String>newKeySet();
                var spared = ConcurrentHashMap.<String>newKeySet();
                collect(wanted, there, spared);
                spared.removeAll(before);
                fresh.addAll(orphans(wanted, spared));
                suspects.clear();
                suspects.addAll(fresh);
            }

            private void collect(Plugin.HostState wanted, NetworkDriver.Inventory there, Set<String> all) {
                there.ports().stream()
                        .filter(id -> !wanted.ports().contains(id))
                        .forEach(id -> all.add("port " + id));
                there.dhcpNetworks().stream()
                        .filter(id -> !wanted.dhcpNetworks().contains(id))
                        .forEach(id -> all.add("dhcp " + id));
                there.routers().stream()
                        .filter(id -> !wanted.routers().contains(id))
                        .forEach(id -> all.add("router " + id));
            }
        };
    }
}
