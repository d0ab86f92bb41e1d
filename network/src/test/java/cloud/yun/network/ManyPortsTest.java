package cloud.yun.network;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.auth.Caller;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a port costs does not grow with the ports that its network and its security group have already.
///
/// Counted is the processor time of the whole process, which includes telling the host, and which other work on the
/// machine disturbs less than the clock. With `-Dyun.test.ports=5000` it is a measurement: figures are appended to the
/// file that `yun.test.figures` names. By default it is small, and only a quadratic cost is seen.
class ManyPortsTest {
    private static final Caller DEMO = Cloud.caller("demo", Cloud.DEMO, List.of("member", "reader"));
    private static final int PORTS = Integer.getInteger("yun.test.ports", 1_500);
    private static final int STEPS = 5;
    private static final double GROWTH_MAX = 2;
    private static final int CALLERS = 4;

    @TempDir
    Path directory;

    private Cloud cloud;
    private String network;

    private interface One {
        void make(int number);
    }

    @BeforeEach
    void open() {
        cloud = Cloud.sqlite(directory, "[QUOTAS]", "quota_port = -1");
        network = network();
    }

    private String network() {
        var id = cloud.make("admin", "networks", "network", "'tenant_id': '" + Cloud.DEMO + "'")
                .path("id")
                .asString();
        cloud.make(
                "admin",
                "subnets",
                "subnet",
                "'tenant_id': '" + Cloud.DEMO + "', 'network_id': '" + id
                        + "', 'ip_version': 4, 'cidr': '10.0.0.0/16'");
        return id;
    }

    @AfterEach
    void close() {
        cloud.settled();
        assertThat(cloud.violations()).isEmpty();
        cloud.close();
    }

    @Test
    void servers_whenThousandsAreInOneGroup_costAsMuchAsTheFirst() throws Exception {
        double growth = growth("server", n -> server("server-" + n));
        var group = cloud.driver.groups().values().iterator().next();
        cloud.settled();
        assertThat(group).hasSize(PORTS + PORTS / STEPS);
        assertThat(growth).isLessThan(GROWTH_MAX);
    }

    @Test
    void ports_whenThousandsAreOnOneNetwork_costAsMuchAsTheFirst() throws Exception {
        var body = "{'port': {'network_id': '%s', 'device_owner': 'compute:nova', 'device_id': 'd-%d'}}";
        double growth = growth(
                "port",
                n -> assertThat(cloud.post("demo", "/v2.0/ports", body.formatted(network, n))
                                .status())
                        .isEqualTo(201));
        assertThat(growth).isLessThan(GROWTH_MAX);
    }

    /// @return what the last fifth cost, in costs of the first; what the compiler costs is paid before
    private double growth(String what, One one) throws Exception {
        each(-PORTS / STEPS, one);
        long first = 0;
        long last = 0;
        for (int step = 0; step < STEPS; step++) {
            long wall = System.nanoTime();
            long cpu = processorNanos();
            each(step * PORTS / STEPS, one);
            last = processorNanos() - cpu;
            if (step == 0) first = last;
            figure("%s %d to %d: %d us of processor, %d us by the clock"
                    .formatted(
                            what,
                            step * PORTS / STEPS,
                            (step + 1) * PORTS / STEPS,
                            last / 1000 * STEPS / PORTS,
                            (System.nanoTime() - wall) / 1000 * STEPS / PORTS));
        }
        figure("%s: the last cost %.2f times as much as the first".formatted(what, (double) last / first));
        return (double) last / first;
    }

    private static void figure(String line) throws Exception {
        var file = System.getProperty("yun.test.figures");
        if (file != null)
            Files.writeString(Path.of(file), line + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void each(int from, One one) throws Exception {
        try (var callers = Executors.newFixedThreadPool(CALLERS)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < PORTS / STEPS; i++) {
                int number = from + i;
                all.add(callers.submit(() -> one.make(number)));
            }
            for (var f : all) f.get();
        }
    }

    /// What compute does for a server.
    private void server(String name) {
        var ports = cloud.module.serverPorts();
        var made = cloud.db.transaction(tx -> {
            var all = ports.allocate(tx, DEMO, name, ports.standard(tx, DEMO), List.of());
            ports.bind(tx, name, Cloud.HOST);
            return all.getFirst();
        });
        ports.plug(made.id(), Cloud.HOST);
    }
}
