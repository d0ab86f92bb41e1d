package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.fake.FakePorts;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.migration.MigrationStatus;
import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.flow.FlowProbe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A server with a volume in a cloud of one host, where resizes stay, or of two, where they must move; and what must
/// hold before, between and after.
final class ResizeCloud implements AutoCloseable {
    static final String SMALL = "1";
    static final String LARGE = "2";

    final TestCloud cloud;
    final ComputeApi api;
    private final String image;
    String id = "";

    ResizeCloud(boolean moves) {
        this(moves, "");
    }

    ResizeCloud(boolean moves, String config) {
        cloud = TestCloud.sqlite("[DEFAULT]\nallow_resize_to_same_host = " + !moves + "\n" + config, moves ? 2 : 1);
        api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
        image = cloud.image();
    }

    void create() throws InterruptedException {
        cloud.flows.probe(FlowProbe.NONE);
        var answer = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": [{"uuid": "%s"}],
                 "block_device_mapping_v2": [{"source_type": "blank", "destination_type": "volume",
                                              "volume_size": 1, "boot_index": -1, "delete_on_termination": true}]}}
                """.formatted(image, FakePorts.NETWORK));
        assertThat(answer.status()).as(answer.message()).isEqualTo(202);
        id = answer.body().path("server").path("id").asString();
        cloud.idle();
        requireSmall("to begin with", VmState.ACTIVE);
    }

    void delete() throws InterruptedException {
        cloud.flows.probe(FlowProbe.NONE);
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(204);
        cloud.idle();
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.DELETED);
        requireNothing("deleted");
    }

    void requireNothing(String why) {
        assertThat(cloud.remains()).as(why).isEmpty();
        for (var h : cloud.hypervisors)
            assertThat(h.serversWithKeptDisks()).as(why).isEmpty();
        assertThat(usage()).as(why).isEqualTo(Map.of("instances", 0L, "cores", 0L, "ram", 0L));
    }

    int act(String body) {
        return act("demo", body);
    }

    int act(String user, String body) {
        return api.post(user, "2.56", "/v2.1/servers/" + id + "/action", body).status();
    }

    void resize() throws InterruptedException {
        assertThat(act("{'resize': {'flavorRef': '2'}}")).isEqualTo(202);
        cloud.idle();
    }

    Migration migration() {
        var all =
                cloud.db.<List<Migration>>read(tx -> tx
                        .query(
                                "SELECT id FROM migration WHERE server_id = ? ORDER BY number DESC",
                                r -> r.string("id"),
                                id)
                        .stream()
                        .map(m -> new MigrationStore(tx).require(m))
                        .toList());
        return all.getFirst();
    }

    /// The server is small on the host it was made on, and nothing is kept for another way.
    void requireSmall(String why, VmState state) {
        require(why, state, SMALL);
        for (var h : cloud.hypervisors)
            assertThat(h.serversWithKeptDisks()).as(why).isEmpty();
        assertThat(usage()).as(why).isEqualTo(Map.of("instances", 1L, "cores", 1L, "ram", 512L));
    }

    /// The server is large and nothing is kept for the way back.
    void requireLarge(String why, VmState state) {
        require(why, state, LARGE);
        for (var h : cloud.hypervisors)
            assertThat(h.serversWithKeptDisks()).as(why).isEmpty();
        assertThat(usage()).as(why).isEqualTo(Map.of("instances", 1L, "cores", 1L, "ram", 2048L));
        assertThat(migration().status()).as(why).isEqualTo(MigrationStatus.CONFIRMED);
    }

    /// The server is large and its old side is kept.
    void requireResized(String why) {
        require(why, VmState.RESIZED, LARGE);
        var m = migration();
        assertThat(m.status()).as(why).isEqualTo(MigrationStatus.FINISHED);
        assertThat(m.dest()).as(why).isEqualTo(cloud.server(id).host().orElseThrow());
        for (var h : cloud.hypervisors)
            assertThat(h.serversWithKeptDisks())
                    .as(why)
                    .isEqualTo(h.host().hostname().equals(m.sourceHost()) ? Set.of(id) : Set.of());
        assertThat(usage()).as(why).isEqualTo(Map.of("instances", 1L, "cores", 1L, "ram", 2048L));
    }

    private void require(String why, VmState state, String flavor) {
        var server = cloud.server(id);
        assertThat(server.vmState()).as(why).isEqualTo(state);
        assertThat(server.taskState()).as(why).isEqualTo(TaskState.NONE);
        assertThat(server.flavor().id()).as(why).isEqualTo(flavor);
        var host = server.host().orElseThrow();
        for (var h : cloud.hypervisors) {
            boolean here = h.host().hostname().equals(host);
            assertThat(h.guests().keySet()).as(why).isEqualTo(here ? Set.of(id) : Set.of());
            assertThat(h.serversWithFiles()).as(why).isEqualTo(here ? Set.of(id) : Set.of());
            assertThat(h.volumesOf(id)).as(why).hasSize(here ? 1 : 0);
            assertThat(h.nicsOf(id)).as(why).hasSize(here ? 1 : 0);
            if (here)
                assertThat(h.guests().get(id))
                        .as(why)
                        .isEqualTo(state == VmState.STOPPED ? PowerState.SHUTDOWN : PowerState.RUNNING);
        }
        assertThat(cloud.ports.plugged).as(why).hasSize(1).allMatch(p -> p.endsWith("@" + host));
        assertThat(cloud.volumeDriver.connections()).as(why).hasSize(1).allMatch(c -> c.contains(host));
        assertThat(cloud.violations()).as(why).isEmpty();
    }

    Map<String, Long> usage() {
        var used = cloud.db.read(
                tx -> cloud.wiring.quotas().usage(tx, ComputeApi.demo().projectId()));
        return Map.of(
                "instances", used.getOrDefault("instances", 0L),
                "cores", used.getOrDefault("cores", 0L),
                "ram", used.getOrDefault("ram", 0L));
    }

    /// The next process goes on.
    ///
    /// @return how often it runs the task
    int restarted(String task) throws InterruptedException {
        var runs = new AtomicInteger();
        cloud.flows.probe(new FlowProbe() {
            @Override
            public void beforeTask(String flow, String name) {
                if (name.equals(task)) runs.incrementAndGet();
            }
        });
        cloud.flows.begin();
        cloud.idle();
        return runs.get();
    }

    Optional<String> faultOfLastAction() {
        var action = api.get("admin", "2.84", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .get(0);
        return Optional.ofNullable(action.path("message").asString(null));
    }

    @Override
    public void close() {
        cloud.close();
        api.close();
    }
}
