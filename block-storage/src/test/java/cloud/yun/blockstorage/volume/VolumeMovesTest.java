package cloud.yun.blockstorage.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.TestCloud;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A volume goes from one back end to another, with its type or alone.
class VolumeMovesTest {
    private static final String HERE = "ref1@one#one";
    private static final String THERE = "ref1@two#two";

    @TempDir
    Path directory;

    private SimulatedVolumeDriver one = new SimulatedVolumeDriver(1000);
    private SimulatedVolumeDriver two = new SimulatedVolumeDriver(1000);
    private int runs;

    private void run(Consumer<TestCloud> test) {
        one = new SimulatedVolumeDriver(1000);
        two = new SimulatedVolumeDriver(1000);
        try (var c = TestCloud.on("sqlite", directory.resolve("r" + runs++), Map.of("one", one, "two", two), "")) {
            type(c, "first", "one");
            type(c, "second", "two");
            test.accept(c);
            c.settle();
            assertThat(c.violations()).isEmpty();
        }
    }

    private static void type(TestCloud c, String name, String backend) {
        c.call(
                "POST",
                "/v3/types",
                "{\"volume_type\": {\"name\": \"" + name + "\", \"extra_specs\": {\"volume_backend_name\": \"" + backend
                        + "\"}}}");
    }

    private String made(TestCloud c) {
        var id = c.available("\"size\": 1, \"volume_type\": \"first\"");
        one.write(id, "data");
        return id;
    }

    private static String look(TestCloud c, String id) {
        var v = c.call("GET", "/v3/volumes/" + id, null);
        return v.text("/volume/status") + " " + v.text("/volume/volume_type") + " "
                + v.text("/volume/os-vol-host-attr:host") + " " + v.text("/volume/migration_status");
    }

    private static void retype(TestCloud c, String id) {
        assertThat(c.act(id, "\"os-retype\": {\"new_type\": \"second\", \"migration_policy\": \"on-demand\"}"))
                .isEqualTo(202);
    }

    private static void migrate(TestCloud c, String id) {
        assertThat(c.act(id, "\"os-migrate_volume\": {\"host\": \"" + THERE + "\"}"))
                .isEqualTo(202);
    }

    private record Move(String flow, List<String> tasks, BiConsumer<TestCloud, String> begin, String done) {}

    private static final List<Move> MOVES = List.of(
            new Move(
                    "volume_retype",
                    List.of("ScheduleRetypeTask", "CreateVolumeOnTargetTask", "CopyVolumeDataTask"),
                    VolumeMovesTest::retype,
                    "available second " + THERE + " success"),
            new Move(
                    "volume_migrate",
                    List.of("MigrateVolumeStartTask", "CreateVolumeOnTargetTask", "CopyVolumeDataTask"),
                    VolumeMovesTest::migrate,
                    "available first " + THERE + " success"));

    @Test
    void move_toAnotherBackEnd_takesTheDataAndLeavesNothing() {
        for (var move : MOVES)
            run(c -> {
                var id = made(c);
                move.begin().accept(c, id);
                c.settle();
                assertThat(look(c, id)).isEqualTo(move.done());
                assertThat(two.content(id)).isEqualTo("data");
                assertThat(one.inventory().volumes()).isEmpty();
            });
    }

    @Test
    void move_whenAnyTaskFails_leavesTheVolumeWhereItWas() {
        for (var move : MOVES)
            for (var task : move.tasks())
                for (boolean after : new boolean[] {false, true})
                    run(c -> {
                        var id = made(c);
                        c.probe(failing(task, after));
                        move.begin().accept(c, id);
                        c.settle();
                        assertThat(look(c, id)).as(task).isEqualTo("available first " + HERE + " error");
                        assertThat(one.content(id)).isEqualTo("data");
                        assertThat(two.inventory().volumes()).isEmpty();
                    });
    }

    @Test
    void move_whenTheProcessDiesAfterAnyTask_isDoneAfterTheRestart() {
        for (var move : MOVES)
            for (var task : move.tasks())
                run(c -> {
                    var id = made(c);
                    var died = new AtomicBoolean();
                    c.probe(new FlowProbe() {
                        @Override
                        public void afterTask(String flow, String t) {
                            // The effect happened, its log did not: it happens again.
                            if (!t.equals(task) || !died.compareAndSet(false, true)) return;
                            c.flows.close();
                            throw new Died();
                        }
                    });
                    move.begin().accept(c, id);
                    c.settle();
                    assertThat(died).isTrue();
                    c.restart();
                    c.settle();
                    assertThat(look(c, id)).as(task).isEqualTo(move.done());
                    assertThat(two.content(id)).isEqualTo("data");
                    assertThat(one.inventory().volumes()).isEmpty();
                });
    }

    @Test
    @Requirement("S3.235")
    void pools_ofTwoBackEnds_areBothThere() {
        run(c -> {
            var pools =
                    c.call("GET", "/v3/scheduler-stats/get_pools", null).body().path("pools");
            assertThat(pools.valueStream().map(p -> p.path("name").asString("")))
                    .containsExactlyInAnyOrder(HERE, THERE);
        });
    }

    @Test
    void pools_areFilteredByWhatTheyReportAndByTheTypeTheyCanHold() {
        run(c -> {
            assertThat(pools(c, "")).containsExactlyInAnyOrder(HERE, THERE);
            assertThat(pools(c, "?volume_type=second")).containsExactly(THERE);
            assertThat(pools(c, "?volume_backend_name=one")).containsExactly(HERE);
            assertThat(pools(c, "?volume_type=second&name=" + HERE.replace("#", "%23")))
                    .isEmpty();
            assertThat(pools(c, "?total_capacity_gb=1000")).hasSize(2);
            assertThat(pools(c, "?total_capacity_gb=7")).isEmpty();
            assertThat(c.call("GET", "/v3/scheduler-stats/get_pools?volume_type=none", null)
                            .status())
                    .isEqualTo(404);
        });
    }

    private static List<String> pools(TestCloud c, String query) {
        return c.call("GET", "/v3/scheduler-stats/get_pools" + query, null)
                .body()
                .path("pools")
                .valueStream()
                .map(p -> p.path("name").asString(""))
                .toList();
    }

    @Test
    void types_areFilteredByTheirExtraSpecs() {
        run(c -> {
            assertThat(types(c, "extra_specs=%7B%27volume_backend_name%27:%20%27two%27%7D"))
                    .containsExactly("second");
            assertThat(types(c, "extra_specs=%7B%27volume_backend_name%27:%20%27three%27%7D"))
                    .isEmpty();
            assertThat(types(c, "name=first")).containsExactly("first");
            assertThat(types(c, "unknown=first")).isEmpty();
        });
    }

    private static List<String> types(TestCloud c, String query) {
        return c.call("GET", "/v3/types?" + query, null)
                .body()
                .path("volume_types")
                .valueStream()
                .map(t -> t.path("name").asString(""))
                .toList();
    }

    @Test
    void retype_whereTheTypeCannotBeMet_leavesTheVolumeAsItWas() {
        run(c -> {
            var id = made(c);
            assertThat(c.act(id, "\"os-retype\": {\"new_type\": \"second\"}")).isEqualTo(202);
            c.settle();
            assertThat(look(c, id)).isEqualTo("available first " + HERE + " ");
        });
    }

    @Test
    void retype_withinThePool_movesNothing() {
        run(c -> {
            c.call("POST", "/v3/types", "{\"volume_type\": {\"name\": \"any\"}}");
            var id = made(c);
            assertThat(c.act(id, "\"os-retype\": {\"new_type\": \"any\"}")).isEqualTo(202);
            c.settle();
            assertThat(look(c, id)).isEqualTo("available any " + HERE + " ");
            assertThat(one.content(id)).isEqualTo("data");
        });
    }

    private static FlowProbe failing(String task, boolean after) {
        return new FlowProbe() {
            @Override
            public void beforeTask(String flow, String t) {
                if (!after && t.equals(task)) throw new Unavailable("It failed.", "the test said so", null);
            }

            @Override
            public void afterTask(String flow, String t) {
                if (after && t.equals(task)) throw new Unavailable("It failed.", "the test said so", null);
            }
        };
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
