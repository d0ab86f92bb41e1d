package cloud.yun.network.apply;

import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.agent.HostCommand;
import cloud.yun.network.agent.HostCommand.Done;
import cloud.yun.network.agent.NetworkAgent;
import cloud.yun.network.agents.AgentStore;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.Dirty.Kind;
import cloud.yun.network.api.DirtyStore;
import cloud.yun.network.api.DirtyStore.Row;
import cloud.yun.network.dhcp.DhcpNetworks;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.port.Port;
import cloud.yun.network.port.PortStatus;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.securitygroup.MemberStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells hosts what has changed: works off the dirty rows, and tries again what a host did not take.
public final class Applier implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final int ROWS_MAX = 200;
    private static final long PAUSE_SECONDS_MAX = 60;

    private static final long REST_FACTOR = 4;
    private static final long REST_NANOS_MAX = 1_000_000_000L;

    private final Common common;
    private final Bus bus;
    private final Duration timeout;
    private final Map<String, Long> rests = new ConcurrentHashMap<>();

    public Applier(Common common, Bus bus) {
        this.common = common;
        this.bus = bus;
        this.timeout = common.config().get(NetworkOptions.RPC_RESPONSE_TIMEOUT);
    }

    @Override
    public String name() {
        return "network-apply";
    }

    @Override
    public Duration period() {
        return PERIOD;
    }

    /// Until nothing is due. Hosts do not wait for each other.
    ///
    /// An object that changes all the time is not applied all the time: it rests for a few times as long as it took
    /// (DHCP of a network with thousands of ports), at most a second. One change alone is applied at once.
    @Override
    public void reconcile() {
        for (var all = due(); !all.isEmpty(); all = due()) {
            long now = System.nanoTime();
            rests.values().removeIf(end -> end - now <= 0);
            var rows = all.stream().filter(r -> !rests.containsKey(r.key())).toList();
            if (rows.isEmpty()) {
                if (!rested(now)) return;
                continue;
            }
            var byHost = new LinkedHashMap<String, List<Row>>();
            for (var row : rows)
                byHost.computeIfAbsent(row.host(), _ -> new ArrayList<>()).add(row);
            var threads = new ArrayList<Thread>();
            byHost.forEach((host, list) ->
                    threads.add(Thread.ofVirtual().name("network-apply-" + host).start(() -> list.forEach(this::one))));
            try {
                for (var thread : threads) thread.join();
            } catch (InterruptedException stop) {
                threads.forEach(Thread::interrupt);
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// @return false when the process stops
    private boolean rested(long now) {
        long first = rests.values().stream().mapToLong(end -> end - now).min().orElse(0);
        try {
            Thread.sleep(Duration.ofNanos(Math.max(0, first)));
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<Row> due() {
        return common.db().read(tx -> new DirtyStore(tx).due(common.now(), ROWS_MAX));
    }

    private void one(Row row) {
        long start = System.nanoTime();
        try {
            apply(row);
            long end = System.nanoTime();
            rests.put(row.key(), end + Math.min(REST_NANOS_MAX, REST_FACTOR * (end - start)));
            common.db().write(tx -> new DirtyStore(tx).done(row));
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) return;
            var detail = e instanceof CloudException c ? c.getMessage() + " " + c.detail() : e.toString();
            LOG.warn(
                    "{} {} on host '{}' was not applied (attempt {}): {}",
                    row.kind(),
                    row.objectId(),
                    row.host(),
                    row.attempts() + 1,
                    detail);
            long pause = Math.min(PAUSE_SECONDS_MAX, 1L << Math.min(row.attempts(), 6));
            Instant retry = common.now().plusSeconds(pause);
            common.db().write(tx -> new DirtyStore(tx).failed(row, retry, detail));
        }
    }

    private void apply(Row row) {
        switch (row.kind()) {
            case PORT -> refresh(row.objectId(), row.host(), row.detail());
            case GROUP -> group(row);
            case DHCP -> dhcp(row.objectId(), row.host());
            case ROUTER -> router(row.objectId(), row.host());
            case PEERS -> peers(row.objectId());
        }
    }

    private void refresh(String portId, String host, String networkId) {
        tell(host, new HostCommand.Refresh(portId, Port.tap(portId), networkId));
    }

    /// First the hosts that keep the group are found, then each is told, with a row of its own.
    private void group(Row row) {
        if (!row.host().equals(Dirty.ANY)) {
            tell(row.host(), new HostCommand.Group(row.objectId()));
            return;
        }
        common.db().write(tx -> {
            for (var host : new MemberStore(tx).hosts(row.objectId()))
                common.dirty().mark(tx, Kind.GROUP, row.objectId(), host, "");
        });
    }

    private void dhcp(String networkId, String host) {
        boolean present = tell(host, new HostCommand.Dhcp(networkId)).present();
        if (!present) return;
        var own = common.db().read(tx -> new PortStore(tx).ofNetwork(networkId, DhcpNetworks.OWNER));
        for (var port : own)
            if (!port.host().equals(host) || !port.status().equals(PortStatus.ACTIVE.name()))
                common.db().write(tx -> active(tx, port, host));
    }

    private void active(Tx tx, Port port, String host) {
        var store = new PortStore(tx);
        store.host(port.id(), host);
        store.move(port.id(), PortStatus.Event.ATTACHED, common.now());
    }

    /// Brings a router on its host in line with its rows; idempotent, and right whatever happened before.
    public void router(String routerId, String host) {
        tell(host, new HostCommand.Router(routerId));
    }

    /// All hosts on which the network lives learn of each other. A lone host has no tunnels to learn of.
    private void peers(String networkId) {
        var hosts = common.db().read(tx -> {
            if (new AgentStore(tx).tunnels().size() < 2) return List.<String>of();
            return new NetworkStore(tx)
                    .find(networkId)
                    .map(n -> List.copyOf(
                            new WantedState(tx, common.config()).residents(n).keySet()))
                    .orElse(List.of());
        });
        Optional<RuntimeException> failure = Optional.empty();
        for (var host : hosts) {
            try {
                tell(host, new HostCommand.Peers(networkId));
            } catch (RuntimeException e) {
                failure = Optional.of(e); // the other hosts must not wait for this one
            }
        }
        if (failure.isPresent()) throw failure.get();
    }

    public Done tell(String host, HostCommand command) {
        return bus.call(NetworkAgent.topic(host), command, Done.class, timeout);
    }

    /// @return what a host has of ours
    public HostCommand.Found look(String host) {
        return bus.call(NetworkAgent.topic(host), new HostCommand.Look(), HostCommand.Found.class, timeout);
    }

    /// What hosts have not been told yet: by object id, for those who compare rows with hosts.
    public Map<String, String> pending() {
        return common.db().read(tx -> new DirtyStore(tx).pending());
    }
}
