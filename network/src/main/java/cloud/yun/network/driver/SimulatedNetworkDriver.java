package cloud.yun.network.driver;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The networks of one host in memory: the same contract, no privileges, settable delay and faults.
public final class SimulatedNetworkDriver implements NetworkDriver {
    /// Called around every command. Throwing before makes it fail without its effect, after with it.
    public interface Fault {
        default void before(String call, String id) {}

        default void after(String call, String id) {}
    }

    private static final Fault NONE = new Fault() {};

    private final Optional<String> tunnelAddress;
    private final Map<String, Port> ports = new ConcurrentSkipListMap<>();
    private final Map<String, Set<String>> groups = new ConcurrentSkipListMap<>();
    private final Map<String, Dhcp> dhcp = new ConcurrentSkipListMap<>();
    private final Map<String, Router> routers = new ConcurrentSkipListMap<>();
    private final Map<String, List<Peer>> peers = new ConcurrentHashMap<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile Fault fault = NONE;

    public SimulatedNetworkDriver() {
        this(Optional.empty());
    }

    /// @param tunnelAddress this host's end of tunnels
    public SimulatedNetworkDriver(Optional<String> tunnelAddress) {
        this.tunnelAddress = tunnelAddress;
    }

    /// How long every command takes from now on.
    public void delay(Duration newDelay) {
        delay = newDelay;
    }

    public void fault(Fault newFault) {
        fault = newFault;
    }

    public void noFault() {
        fault = NONE;
    }

    private void command(String call, String id, Runnable effect) {
        fault.before(call, id);
        if (!delay.isZero()) {
            try {
                Thread.sleep(delay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(call + " of " + id + " was interrupted", e);
            }
        }
        effect.run();
        fault.after(call, id);
    }

    @Override
    public void plug(Port port) {
        command("plug", port.id(), () -> {
            named(port);
            ports.put(port.id(), port);
        });
    }

    @Override
    public void update(Port port) {
        command("update", port.id(), () -> {
            if (ports.containsKey(port.id())) named(port);
            ports.replace(port.id(), port);
        });
    }

    @Override
    public void unplug(String portId, String tap, String networkId) {
        command("unplug", portId, () -> ports.remove(portId));
    }

    private void named(Port port) {
        for (var rule : port.rules())
            rule.remoteGroup().filter(g -> !groups.containsKey(g)).ifPresent(g -> {
                throw new IllegalStateException("port " + port.id() + " names group " + g + ", which is not here");
            });
    }

    @Override
    public void applyGroup(Group group) {
        command("applyGroup", group.id(), () -> {
            Set<String> members = ConcurrentHashMap.newKeySet();
            members.addAll(group.members());
            groups.put(group.id(), members);
        });
    }

    @Override
    public void changeGroup(String id, Set<String> joined, Set<String> left) {
        command("changeGroup", id, () -> {
            var members = groups.get(id);
            if (members == null) throw new IllegalStateException("group " + id + " is not here");
            members.addAll(joined);
            members.removeAll(left);
        });
    }

    @Override
    public void removeGroup(String id) {
        command("removeGroup", id, () -> {
            boolean used = ports.values().stream()
                    .flatMap(p -> p.rules().stream())
                    .anyMatch(r -> r.remoteGroup().equals(Optional.of(id)));
            if (!used) groups.remove(id);
        });
    }

    @Override
    public void applyDhcp(Dhcp wanted) {
        command("applyDhcp", wanted.networkId(), () -> dhcp.put(wanted.networkId(), wanted));
    }

    @Override
    public void removeDhcp(String networkId) {
        command("removeDhcp", networkId, () -> dhcp.remove(networkId));
    }

    @Override
    public void applyRouter(Router router) {
        command("applyRouter", router.id(), () -> routers.put(router.id(), router));
    }

    @Override
    public void removeRouter(String routerId) {
        command("removeRouter", routerId, () -> routers.remove(routerId));
    }

    @Override
    public void applyPeers(Segment segment, List<Peer> wanted) {
        command("applyPeers", segment.networkId(), () -> {
            if (carries(segment.networkId())) peers.put(segment.networkId(), List.copyOf(wanted));
        });
    }

    @Override
    public Inventory inventory() {
        return new Inventory(
                new TreeSet<>(ports.keySet()),
                new TreeSet<>(dhcp.keySet()),
                new TreeSet<>(routers.keySet()),
                segments(),
                new TreeSet<>(groups.keySet()));
    }

    private boolean carries(String networkId) {
        return dhcp.containsKey(networkId)
                || ports.values().stream().anyMatch(p -> p.segment().networkId().equals(networkId))
                || segments().contains(networkId);
    }

    private Set<String> segments() {
        var found = new TreeSet<String>();
        ports.values().forEach(p -> found.add(p.segment().networkId()));
        found.addAll(dhcp.keySet());
        routers.values().forEach(r -> {
            r.interfaces().forEach(i -> found.add(i.segment().networkId()));
            r.gateway().ifPresent(g -> found.add(g.port().segment().networkId()));
        });
        return found;
    }

    @Override
    public Optional<String> tunnelAddress() {
        return tunnelAddress;
    }

    @Override
    public String agentType() {
        return "Linux bridge agent";
    }

    /// @return what is there, by id
    public Map<String, Port> ports() {
        return new LinkedHashMap<>(ports);
    }

    /// @return members by group
    public Map<String, Set<String>> groups() {
        return new LinkedHashMap<>(groups);
    }

    public Map<String, Dhcp> dhcp() {
        return new LinkedHashMap<>(dhcp);
    }

    public Map<String, Router> routers() {
        return new LinkedHashMap<>(routers);
    }

    /// @return other hosts' ends by network
    public Map<String, List<Peer>> peers() {
        return new LinkedHashMap<>(peers);
    }
}
