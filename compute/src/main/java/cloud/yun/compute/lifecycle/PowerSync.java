package cloud.yun.compute.lifecycle;

import cloud.yun.compute.agent.HostCommand.GuestsFound;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares the guests of every host with what the servers say, and settles the difference.
///
/// A guest that shut itself down makes its server SHUTOFF. A guest that should run and is not there is made again
/// (a simulated host remembers nothing; a real one may have lost its definitions). A guest that runs although its
/// server was stopped is stopped. Guests and files that no server owns any more are removed.
public final class PowerSync implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(PowerSync.class);
    private static final Option<Duration> PERIOD = Option.seconds(
            "DEFAULT", "sync_power_state_interval", 600, "How often guests are compared with servers, in seconds.");

    /// Without a host they have nothing on any.
    private static final Set<VmState> HOMELESS = EnumSet.of(VmState.ERROR, VmState.SHELVED_OFFLOADED);

    private final Wiring w;
    private final Guests guests;

    public PowerSync(Wiring wiring, Guests guests) {
        this.w = wiring;
        this.guests = guests;
    }

    public static List<Option<?>> options() {
        return List.of(PERIOD);
    }

    @Override
    public String name() {
        return "power-state-sync";
    }

    @Override
    public Duration period() {
        return w.config().get(PERIOD);
    }

    @Override
    public void reconcile() {
        var hosts = w.db().read(tx -> w.hosts().all(tx)).stream()
                .filter(ComputeHost::up)
                .map(ComputeHost::host)
                .toList();
        hosts.forEach(this::settled);
    }

    /// One host's pass; a host that does not answer is left to the next one.
    public void settled(String host) {
        try {
            reconcile(host);
        } catch (CloudException e) { // one host must not keep the others from their pass
            LOG.warn("power states of {} are not known: {} {}", host, e.getMessage(), e.detail());
        }
    }

    void reconcile(String host) {
        // First the hypervisor, then the rows: a server that was made meanwhile has a row and is looked at next
        // time.
        var found = w.agents().guests(host);
        var servers = w.db().read(tx -> new ServerStore(tx).onHost(host));
        var busy = w.flows().busyResources();
        for (var server : servers) {
            if (server.taskState() != TaskState.NONE || busy.contains(server.id())) continue;
            try {
                settle(host, server, found);
            } catch (Conflict | NotFound e) {
                LOG.info("server {} changed while its power state was settled: {}", server.id(), e.getMessage());
            }
        }
        removeOrphans(host, servers, found, busy);
    }

    private void settle(String host, Server server, GuestsFound found) {
        var state = found.states().get(server.id());
        if (state == null) {
            if (VmState.WITH_GUEST.contains(server.vmState())) remake(host, server);
            return;
        }
        switch (server.vmState()) {
            case ACTIVE, PAUSED -> {
                if (state == PowerState.SHUTDOWN || state == PowerState.CRASHED) wentDown(server, state);
                else if (state != server.powerState()) note(server, state);
            }
            case STOPPED, SHELVED -> {
                if (state == PowerState.RUNNING) {
                    LOG.warn("server {} is stopped but its guest runs; stopping it", server.id());
                    w.agents().stop(host, server.id(), Duration.ZERO, Duration.ZERO);
                }
            }
            // Somebody looks at it before it is confirmed; what its power is decides what it will be then.
            case RESIZED, RESCUED -> {
                if (state != server.powerState()) note(server, state);
            }
            case SUSPENDED, SHELVED_OFFLOADED, BUILDING, ERROR, DELETED -> {}
        }
    }

    /// The guest shut itself down: `openstack server show` must not say ACTIVE.
    private void wentDown(Server seen, PowerState state) {
        var requestId = "req-" + UUID.randomUUID();
        w.db().write(tx -> {
            var store = new ServerStore(tx);
            var server = store.lock(seen.id());
            if (server.generation() != seen.generation()) return; // looked at again in the next pass
            store.end(server, VmState.Event.WENT_DOWN, state, w.clock().instant());
            w.notifications().tell(tx, store.require(seen.id()), "power_off.end", requestId);
        });
        LOG.info("server {} went down by itself", seen.id());
    }

    private void note(Server seen, PowerState state) {
        w.db().write(tx -> new ServerStore(tx).power(seen, state, w.clock().instant()));
    }

    /// Nobody owns the server meanwhile: a delete may begin, and even end, under way. What it removed must not come
    /// back.
    private void remake(String host, Server server) {
        LOG.info("server {} has no guest on {}; making it again", server.id(), host);
        try {
            make(host, server);
        } finally {
            var now = w.db().read(tx -> new ServerStore(tx).find(server.id()));
            if (now.filter(s -> s.taskState() != TaskState.DELETING).isEmpty()) remove(host, server.id());
        }
    }

    private void make(String host, Server server) {
        var guest = guests.of(server.id());
        for (var nic : guest.nics()) w.ports().plug(nic.portId(), host);
        guest.image().ifPresent(i -> w.agents().cacheImage(host, i));
        w.agents().createDisks(host, guest);
        if (server.vmState() == VmState.STOPPED
                || server.vmState() == VmState.SHELVED
                || server.powerState() == PowerState.SHUTDOWN && server.vmState() == VmState.RESIZED) {
            w.agents().define(host, guest);
            return;
        }
        w.agents().start(host, guest);
        switch (server.vmState()) {
            case PAUSED -> w.agents().pause(host, server.id());
            case SUSPENDED -> w.agents().suspend(host, server.id());
            case RESCUED -> w.agents().rescue(host, guest, guests.rescue(server.id()));
            case ACTIVE, STOPPED, RESIZED, SHELVED, SHELVED_OFFLOADED, BUILDING, ERROR, DELETED -> {}
        }
    }

    /// What a host that was down while its servers were deleted still has. Only what we know was ours is touched.
    private void removeOrphans(String host, List<Server> servers, GuestsFound found, Set<String> busy) {
        Map<String, Server> here = servers.stream().collect(Collectors.toMap(Server::id, Function.identity()));
        var candidates = new HashSet<>(found.states().keySet());
        candidates.addAll(found.withFiles());
        candidates.removeAll(here.keySet());
        candidates.removeAll(busy);
        for (var id : found.kept()) {
            if (busy.contains(id) || w.db().read(tx -> ServerInvariants.keeps(tx, host, id))) continue;
            LOG.warn("{} keeps disks of {}, which does not go back to them; removing them", host, id);
            w.agents().dropKeptDisks(host, id);
        }
        for (var id : candidates) {
            var known = w.db().read(tx -> new ServerStore(tx).findAny(id));
            boolean gone = known.isPresent()
                    && (known.get().vmState() == VmState.DELETED
                            || (known.get().host().filter(h -> !h.equals(host)).isPresent())
                            || (known.get().host().isEmpty()
                                    && HOMELESS.contains(known.get().vmState())));
            if (!gone) continue;
            LOG.warn("{} has a guest or files of {}, which is not there any more; removing them", host, id);
            remove(host, id);
        }
    }

    private void remove(String host, String serverId) {
        w.agents().destroy(host, serverId);
        w.agents().deleteDisks(host, serverId);
    }
}
