package cloud.yun.network;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.flow.FlowProbe;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Routers and floating IPs: every task fails before and after its effect (and so runs twice), and the process dies
/// between any two. The request was answered, so it is always finished, and nothing is left that nobody wants.
class FaultsTest {
    private enum When {
        BEFORE,
        AFTER,
        BETWEEN
    }

    /// The process dies: nothing that comes after happens, not even the log.
    private static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final class Once implements FlowProbe {
        private final String flow;
        private final String task;
        private final When when;
        private final AtomicBoolean done = new AtomicBoolean();
        private final CountDownLatch hit = new CountDownLatch(1);

        Once(String flow, String task, When when) {
            this.flow = flow;
            this.task = task;
            this.when = when;
        }

        private void fail(String atFlow, String atTask, When at) {
            if (at != when || !atFlow.equals(flow) || !atTask.equals(task) || !done.compareAndSet(false, true)) return;
            hit.countDown();
            if (when == When.BETWEEN) throw new Died();
            throw new IllegalStateException("fault " + when + " " + task);
        }

        @Override
        public void beforeTask(String atFlow, String atTask) {
            fail(atFlow, atTask, When.BEFORE);
        }

        @Override
        public void afterTask(String atFlow, String atTask) {
            fail(atFlow, atTask, When.AFTER);
        }

        @Override
        public void betweenTasks(String atFlow, String atTask) {
            fail(atFlow, atTask, When.BETWEEN);
        }
    }

    @TempDir
    Path directory;

    private Cloud cloud;
    private Once probe;

    @ParameterizedTest
    @CsvSource({
        "router_create, schedule_router",
        "router_create, apply_router",
        "router_create, router_applied",
        "router_update, apply_router",
        "router_update, router_applied",
        "floatingip_create, apply_router",
        "floatingip_create, router_applied",
        "floatingip_update, apply_router",
        "floatingip_update, router_applied",
        "floatingip_delete, apply_router",
        "floatingip_delete, router_applied",
        "router_delete, remove_router",
        "router_delete, router_removed"
    })
    void request_whenATaskFailsOrTheProcessDies_isFinishedAndNothingIsLeft(String flow, String task) throws Exception {
        cloud = Cloud.sqlite(directory);
        try {
            for (var when : When.values()) {
                probe = new Once(flow, task, when);
                cloud.flows.probe(probe);
                lifecycle();
                assertThat(probe.done).as("the fault was met").isTrue();
            }
        } finally {
            cloud.close();
        }
    }

    private void lifecycle() throws Exception {
        var external = id("admin", "networks", "network", "'name': 'public', 'router:external': true");
        id("admin", "subnets", "subnet", "'network_id': '" + external + "', 'ip_version': 4, 'cidr': '172.24.4.0/24'");
        var network = id("demo", "networks", "network", "'name': 'n'");
        var subnet = id(
                "demo", "subnets", "subnet", "'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.1.0.0/24'");
        var port = id("demo", "ports", "port", "'network_id': '" + network + "'");
        var router = id("demo", "routers", "router", "'external_gateway_info': {'network_id': '" + external + "'}");
        settled();
        assertThat(cloud.driver.routers().get(router).gateway()).isPresent();
        cloud.put("demo", "/v2.0/routers/" + router + "/add_router_interface", "{'subnet_id': '" + subnet + "'}");
        settled();
        assertThat(cloud.driver.routers().get(router).interfaces().getFirst().addresses())
                .containsExactly("10.1.0.1/24");
        var floating = id(
                "demo",
                "floatingips",
                "floatingip",
                "'floating_network_id': '" + external + "', 'port_id': '" + port + "'");
        settled();
        assertThat(cloud.driver.routers().get(router).floatingIps()).hasSize(1);
        assertThat(status(floating)).isEqualTo("ACTIVE");
        cloud.put("demo", "/v2.0/floatingips/" + floating, "{'floatingip': {'port_id': null}}");
        settled();
        assertThat(cloud.driver.routers().get(router).floatingIps()).isEmpty();
        assertThat(status(floating)).isEqualTo("DOWN");
        cloud.put("demo", "/v2.0/floatingips/" + floating, "{'floatingip': {'port_id': '" + port + "'}}");
        settled();
        gone("floatingips", floating);
        assertThat(cloud.driver.routers().get(router).floatingIps()).isEmpty();
        assertThat(cloud.put(
                                "demo",
                                "/v2.0/routers/" + router + "/remove_router_interface",
                                "{'subnet_id': '" + subnet + "'}")
                        .status())
                .isEqualTo(200);
        settled();
        gone("routers", router);
        assertThat(cloud.driver.routers()).isEmpty();
        gone("ports", port);
        gone("networks", network);
        gone("networks", external);
        assertThat(cloud.driver.inventory().segments()).isEmpty();
    }

    private String id(String user, String plural, String member, String attributes) {
        return cloud.make(user, plural, member, attributes).path("id").asString();
    }

    private String status(String floating) {
        return cloud.get("demo", "/v2.0/floatingips/" + floating)
                .at("/floatingip/status")
                .asString();
    }

    private void gone(String plural, String id) throws Exception {
        assertThat(cloud.delete("admin", "/v2.0/" + plural + "/" + id).status()).isEqualTo(204);
        settled();
    }

    /// The dead process is started again; a living one tries again by itself.
    private void settled() throws Exception {
        if (probe.when == When.BETWEEN && met()) {
            cloud = cloud.restarted();
            probe = new Once("", "", When.BEFORE);
            probe.done.set(true);
        }
        cloud.settled();
        assertThat(cloud.violations()).isEqualTo(List.of());
    }

    /// Whether the fault is met by what was just asked.
    private boolean met() throws InterruptedException {
        if (probe.hit.getCount() == 0) return true;
        boolean now = cloud.db.read(
                tx -> tx.exists("SELECT 1 AS one FROM flow WHERE name = ? AND finished_at IS NULL", probe.flow));
        return now && probe.hit.await(10, TimeUnit.SECONDS);
    }
}
