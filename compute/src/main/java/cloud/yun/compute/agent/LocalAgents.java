package cloud.yun.compute.agent;

import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agents of this process and their heartbeat.
public final class LocalAgents implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAgents.class);
    private static final Option<Integer> BUILDS_MAX = Option.integer(
            "DEFAULT", "max_concurrent_builds", 10, "How many guests a host makes at once. 0: no bound.");

    private final List<ComputeAgent> agents;
    private final Duration period;

    /// @param period of the heartbeat: `[DEFAULT] report_interval`
    public LocalAgents(List<ComputeAgent> agents, Duration period) {
        this.agents = List.copyOf(agents);
        this.period = period;
    }

    public static List<Option<?>> options() {
        return List.of(BUILDS_MAX);
    }

    public static int buildsMax(cloud.yun.kernel.config.Config config) {
        return config.get(BUILDS_MAX);
    }

    public List<String> hosts() {
        return agents.stream().map(ComputeAgent::host).toList();
    }

    /// Serves the hosts' topics and reports once, so that the first server finds a host.
    public void start() {
        agents.forEach(ComputeAgent::start);
        reconcile();
    }

    public void stop() {
        agents.forEach(ComputeAgent::close);
    }

    @Override
    public String name() {
        return "compute-heartbeat";
    }

    @Override
    public Duration period() {
        return period;
    }

    @Override
    public void reconcile() {
        for (var agent : agents) {
            try {
                agent.report();
            } catch (Unavailable e) { // a hypervisor that is down must not silence the other hosts
                LOG.warn("{} could not report: {} {}", agent.host(), e.getMessage(), e.detail());
            }
        }
    }
}
