package cloud.yun.compute.agent;

import cloud.yun.compute.agent.HostCommand.Done;
import cloud.yun.compute.agent.HostCommand.GuestChanged;
import cloud.yun.compute.agent.HostCommand.GuestsFound;
import cloud.yun.compute.agent.HostCommand.HostReport;
import cloud.yun.compute.agent.HostCommand.LogText;
import cloud.yun.compute.agent.HostCommand.StateFound;
import cloud.yun.compute.agent.HostCommand.VncFound;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// nova-compute: carries out commands on one host's hypervisor, one at a time for each server.
///
/// It keeps nothing: after a restart the guests are as they were and the control plane asks what there is.
public final class ComputeAgent implements Bus.Server, AutoCloseable {
    /// Where agents report to the control plane.
    public static final String CONDUCTOR = "conductor";

    private static final Logger LOG = LoggerFactory.getLogger(ComputeAgent.class);

    private final Bus bus;
    private final String host;
    private final HypervisorDriver driver;
    private final Semaphore builds;
    private final ConcurrentHashMap<String, Turn> turns = new ConcurrentHashMap<>();
    private Bus.@Nullable Subscription serving;

    /// A server's lock and how many hold it or wait for it; without any it is forgotten.
    private static final class Turn {
        final ReentrantLock lock = new ReentrantLock(true);
        int users;
    }

    /// @param host name of the host; the agent serves the topic `compute.HOST`
    /// @param buildsMax so many guests are made at once; others wait. 0: no bound
    public ComputeAgent(Bus bus, String host, HypervisorDriver driver, int buildsMax) {
        this.bus = bus;
        this.host = host;
        this.driver = driver;
        this.builds = new Semaphore(buildsMax <= 0 ? Integer.MAX_VALUE : buildsMax);
    }

    public static String topic(String host) {
        return "compute." + host;
    }

    public String host() {
        return host;
    }

    public void start() {
        serving = bus.serve(topic(host), this);
        driver.onStateChange((server, state) -> bus.cast(CONDUCTOR, new GuestChanged(host, server, state)));
    }

    /// Tells the control plane that this host lives and what it has.
    ///
    /// @throws Unavailable the control plane did not take it; the next report may pass
    public void report() {
        bus.call(CONDUCTOR, new HostReport(host, driver.host()), Done.class, Duration.ofSeconds(30));
    }

    @Override
    public Object handle(Object message) {
        if (!(message instanceof HostCommand command))
            throw new IllegalArgumentException(host + " does not know " + message.getClass());
        LOG.debug("{}: {}", host, command.getClass().getSimpleName());
        return switch (command) { // no default: a new command fails to compile here
            case HostCommand.CacheImage c -> done(() -> driver.cacheImage(c.image()));
            case HostCommand.CreateDisks c ->
                turn(c.guest().serverId(), () -> built(() -> driver.createDisks(c.guest())));
            case HostCommand.DeleteDisks c -> turn(c.serverId(), () -> driver.deleteDisks(c.serverId()));
            case HostCommand.KeepDisks c -> turn(c.serverId(), () -> driver.keepDisks(c.serverId()));
            case HostCommand.CopyKeptDisks c ->
                turn(c.guest().serverId(), () -> built(() -> driver.copyKeptDisks(c.guest())));
            case HostCommand.RestoreKeptDisks c -> turn(c.serverId(), () -> driver.restoreKeptDisks(c.serverId()));
            case HostCommand.DropKeptDisks c -> turn(c.serverId(), () -> driver.dropKeptDisks(c.serverId()));
            case HostCommand.Define c -> turn(c.guest().serverId(), () -> driver.define(c.guest()));
            case HostCommand.Start c -> turn(c.guest().serverId(), () -> built(() -> driver.start(c.guest())));
            case HostCommand.Stop c ->
                turn(
                        c.serverId(),
                        () -> driver.stop(
                                c.serverId(),
                                Duration.ofMillis(c.timeoutMillis()),
                                Duration.ofMillis(c.retryMillis())));
            case HostCommand.Destroy c -> turn(c.serverId(), () -> driver.destroy(c.serverId()));
            case HostCommand.RebootSoft c ->
                turn(c.guest().serverId(), () -> driver.rebootSoft(c.guest(), Duration.ofMillis(c.timeoutMillis())));
            case HostCommand.RebootHard c -> turn(c.guest().serverId(), () -> driver.rebootHard(c.guest()));
            case HostCommand.Pause c -> turn(c.serverId(), () -> driver.pause(c.serverId()));
            case HostCommand.Unpause c -> turn(c.serverId(), () -> driver.unpause(c.serverId()));
            case HostCommand.Suspend c -> turn(c.serverId(), () -> driver.suspend(c.serverId()));
            case HostCommand.Resume c -> turn(c.guest().serverId(), () -> driver.resume(c.guest()));
            case HostCommand.Snapshot c ->
                inTurn(
                        c.serverId(),
                        () -> new HostCommand.SnapshotTaken(
                                driver.snapshot(c.serverId(), c.snapshotId(), c.quiesce())));
            case HostCommand.DeleteSnapshot c ->
                turn(c.serverId(), () -> driver.deleteSnapshot(c.serverId(), c.snapshotId()));
            case HostCommand.RescueGuest c -> turn(c.guest().serverId(), () -> driver.rescue(c.guest(), c.rescue()));
            case HostCommand.Unrescue c -> turn(c.guest().serverId(), () -> driver.unrescue(c.guest()));
            case HostCommand.AttachVolume c -> turn(c.serverId(), () -> driver.attachVolume(c.serverId(), c.disk()));
            case HostCommand.DetachVolume c -> turn(c.serverId(), () -> driver.detachVolume(c.serverId(), c.disk()));
            case HostCommand.ResizeVolume c ->
                turn(c.serverId(), () -> driver.resizeVolume(c.serverId(), c.disk(), c.sizeBytes()));
            case HostCommand.AttachNic c -> turn(c.serverId(), () -> driver.attachNic(c.serverId(), c.nic()));
            case HostCommand.DetachNic c -> turn(c.serverId(), () -> driver.detachNic(c.serverId(), c.nic()));
            case HostCommand.ConsoleLog c -> new LogText(driver.consoleLog(c.serverId(), c.bytesMax()));
            case HostCommand.VncAddress c -> new VncFound(driver.vnc(c.serverId()));
            case HostCommand.State c -> new StateFound(driver.state(c.serverId()));
            case HostCommand.Guests _ ->
                new GuestsFound(driver.guests(), driver.serversWithFiles(), driver.serversWithKeptDisks());
            case HostCommand.Diagnose c -> driver.diagnostics(c.serverId());
            case HostCommand.SetAdminPassword c ->
                turn(c.serverId(), () -> driver.setAdminPassword(c.serverId(), c.user(), c.password()));
            case HostCommand.InjectNmi c -> turn(c.serverId(), () -> driver.injectNmi(c.serverId()));
            case HostCommand.Facts _ -> driver.host();
        };
    }

    private static Done done(Runnable work) {
        work.run();
        return new Done();
    }

    private void built(Runnable work) {
        interruptible(() -> {
            builds.acquire();
            return true;
        });
        try {
            work.run();
        } finally {
            builds.release();
        }
    }

    private Done turn(String serverId, Runnable work) {
        return inTurn(serverId, () -> done(work));
    }

    /// One command at a time for each server, in the order in which they came.
    private <T> T inTurn(String serverId, Supplier<T> work) {
        var turn = turns.compute(serverId, (_, t) -> {
            var mine = t == null ? new Turn() : t;
            mine.users++;
            return mine;
        });
        try {
            interruptible(() -> {
                turn.lock.lockInterruptibly();
                return true;
            });
            try {
                return work.get();
            } finally {
                turn.lock.unlock();
            }
        } finally {
            turns.compute(serverId, (_, t) -> t == null || --t.users == 0 ? null : t);
        }
    }

    @FunctionalInterface
    private interface Wait {
        boolean run() throws InterruptedException;
    }

    private static void interruptible(Wait wait) {
        try {
            wait.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The host is stopping.", "interrupted while waiting", e);
        }
    }

    /// Guests stay as they are.
    @Override
    public void close() {
        if (serving == null) return;
        serving.close();
        serving = null;
    }
}
