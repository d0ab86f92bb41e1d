package cloud.yun.compute.scheduler;

import cloud.yun.compute.Part;
import cloud.yun.compute.agent.ComputeAgent;
import cloud.yun.compute.agent.HostCommand;
import cloud.yun.compute.agent.LocalAgents;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.service.HostService;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.bus.Bus;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.placement.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The hosts of this process, and the control plane's ear for the reports of all hosts.
public final class HostsPart implements Part {
    private final Bus bus;
    private final HostReports reports;
    private final LocalAgents agents;
    private final Consumer<String> guestsChanged;
    private Bus.@Nullable Subscription serving;

    /// @param drivers by host
    /// @param guestsChanged told of a host on which a guest changed by itself
    public HostsPart(
            Kernel kernel,
            Placement placement,
            HostService hosts,
            Map<String, HypervisorDriver> drivers,
            Consumer<String> guestsChanged) {
        this.bus = kernel.bus();
        this.guestsChanged = guestsChanged;
        this.reports = new HostReports(kernel.db(), placement, hosts, kernel.config());
        int builds = LocalAgents.buildsMax(kernel.config());
        var all = new ArrayList<ComputeAgent>();
        drivers.forEach((host, driver) -> all.add(new ComputeAgent(kernel.bus(), host, driver, builds)));
        this.agents = new LocalAgents(all, hosts.interval());
    }

    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(HostReports.options());
        all.addAll(LocalAgents.options());
        return all;
    }

    @Override
    public List<Route> routes() {
        return List.of();
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(agents);
    }

    @Override
    public void start() {
        serving = bus.serve(ComputeAgent.CONDUCTOR, this::received);
        agents.start();
        // What happened while this process was away; a start does not wait for a thousand guests.
        for (var host : agents.hosts())
            Thread.ofVirtual().name("settle-" + host).start(() -> guestsChanged.accept(host));
    }

    private Object received(Object message) {
        if (message instanceof HostCommand.HostReport report) return reports.received(report);
        if (message instanceof HostCommand.GuestChanged changed) {
            guestsChanged.accept(changed.host());
            return new HostCommand.Done();
        }
        throw new IllegalArgumentException("the control plane does not know " + message.getClass());
    }

    @Override
    public void stop() {
        agents.stop();
        if (serving == null) return;
        serving.close();
    }
}
