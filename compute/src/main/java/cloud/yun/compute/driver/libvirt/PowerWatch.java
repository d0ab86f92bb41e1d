package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.host.libvirt.DomainEvent;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of guests that changed their power state by themselves.
///
/// libvirt reports every change, also those that we ordered, and late. So an event only makes us look: what differs
/// from the state that our last command left behind happened by itself.
final class PowerWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PowerWatch.class);

    private final Map<String, PowerState> expected = new ConcurrentHashMap<>();
    private final Map<String, Integer> busy = new ConcurrentHashMap<>();
    private final Function<String, Optional<PowerState>> look;
    private final Supplier<Map<String, PowerState>> lookAtAll;
    private final Executor aside;
    private volatile BiConsumer<String, PowerState> listener = (_, _) -> {};

    /// @param aside runs looks, which ask libvirt again and so must not hold up its events
    PowerWatch(
            Function<String, Optional<PowerState>> look, Supplier<Map<String, PowerState>> lookAtAll, Executor aside) {
        this.look = look;
        this.lookAtAll = lookAtAll;
        this.aside = aside;
    }

    void listener(BiConsumer<String, PowerState> told) {
        listener = told;
    }

    /// A command of ours is at work on the guest until [#settled].
    void commanded(String serverId) {
        busy.merge(serverId, 1, Integer::sum);
    }

    /// @param state what the command left behind; empty: no guest, or nobody knows
    void settled(String serverId, Optional<PowerState> state) {
        if (state.isPresent()) expected.put(serverId, state.get());
        else expected.remove(serverId);
        busy.compute(serverId, (_, n) -> n == null || n <= 1 ? null : n - 1);
    }

    void received(DomainEvent event) {
        switch (event) {
            case DomainEvent.Lifecycle lifecycle -> {
                if (!lifecycle.migratedAway())
                    later(() -> compare(lifecycle.uuid().toString()));
            }
            // Events may have been lost with the connection.
            case DomainEvent.ConnectionRestored _ ->
                later(() -> lookAtAll.get().keySet().forEach(this::compare));
            case DomainEvent.Rebooted _,
                    DomainEvent.DeviceRemoved _,
                    DomainEvent.DeviceAdded _,
                    DomainEvent.DeviceRemovalFailed _,
                    DomainEvent.BlockJob _,
                    DomainEvent.AgentConnection _ -> {}
        }
    }

    private void later(Runnable work) {
        aside.execute(() -> {
            try {
                work.run();
            } catch (RuntimeException e) { // the periodic power sync sees what was missed here
                LOG.warn("a guest's state could not be looked at: {}", e.getMessage());
            }
        });
    }

    private void compare(String serverId) {
        if (busy.containsKey(serverId)) return;
        var now = look.apply(serverId);
        if (now.isEmpty() || busy.containsKey(serverId)) return;
        var before = expected.put(serverId, now.get());
        if (before != null && before != now.get()) listener.accept(serverId, now.get());
    }
}
