package cloud.yun.network.agent;

import cloud.yun.kernel.bus.Bus;
import cloud.yun.network.driver.NetworkDriver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The members of security groups that a host keeps, because rules of its ports name them.
///
/// A group is fetched whole before the first port that needs it, and by changes from then on: so a change costs as
/// much as it changes, whatever the size of the group and the number of ports. What we have is known by its serial,
/// in memory only: after a restart each group is fetched whole once more.
final class KeptGroups {
    private static final int LOCKS = 64;

    private final String host;
    private final NetworkDriver driver;
    private final Bus bus;
    private final Duration timeout;
    private final Map<String, Long> serials = new ConcurrentHashMap<>();

    /// Taken inside the lock of a port, never the other way round.
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    KeptGroups(String host, NetworkDriver driver, Bus bus, Duration timeout) {
        this.host = host;
        this.driver = driver;
        this.bus = bus;
        this.timeout = timeout;
        for (int i = 0; i < LOCKS; i++) locks[i] = new ReentrantLock();
    }

    private interface Work {
        boolean run();
    }

    private boolean alone(String id, Work work) {
        var lock = locks[Math.floorMod(id.hashCode(), LOCKS)];
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    /// Has the groups that the port's rules name on the host. Waits for one that is just being dropped.
    void need(NetworkDriver.Port port) {
        port.rules().stream()
                .flatMap(r -> r.remoteGroup().stream())
                .distinct()
                .forEach(id -> alone(id, () -> serials.containsKey(id) || fetch(id, Optional.empty())));
    }

    /// @return whether the host has the group; one that it does not have it wants to hear of no more
    boolean changed(String id) {
        return alone(id, () -> {
            var known = serials.get(id);
            return known == null ? !release(id) : fetch(id, Optional.of(known));
        });
    }

    /// Fetches the whole group, because the host has lost it.
    boolean renew(String id) {
        return alone(id, () -> fetch(id, Optional.empty()));
    }

    /// Removes a group, unless a port has come in the meantime that needs it.
    ///
    /// @return whether it is still there
    boolean drop(String id) {
        return alone(id, () -> {
            if (!release(id)) return true;
            // Forgotten first: if the driver fails, the next port that needs the group has it fetched anew.
            serials.remove(id);
            driver.removeGroup(id);
            return false;
        });
    }

    /// The next use of each group fetches it whole.
    void forget() {
        serials.clear();
    }

    private boolean fetch(String id, Optional<Long> since) {
        var state = bus.call(Plugin.TOPIC, new Plugin.WantedGroup(id, host, since), Plugin.GroupState.class, timeout);
        if (state.whole()) driver.applyGroup(new NetworkDriver.Group(id, state.joined()));
        else if (!state.joined().isEmpty() || !state.left().isEmpty())
            driver.changeGroup(id, state.joined(), state.left());
        serials.put(id, state.serial());
        return true;
    }

    private boolean release(String id) {
        return bus.call(Plugin.TOPIC, new Plugin.UnwantedGroup(id, host), Plugin.GroupRelease.class, timeout)
                .released();
    }
}
