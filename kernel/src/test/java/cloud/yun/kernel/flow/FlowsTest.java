package cloud.yun.kernel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlowsTest {
    private static final String SOURCE = "cloud.yun.kernel.Databases#both";
    private static final Duration SOON = Duration.ofSeconds(20);

    record Params(String id) {}

    /// The outside world of the flow: things on a host.
    private final Set<String> world = new ConcurrentSkipListSet<>();

    private Flow<Params> flow() {
        return Flow.named("thing_create", Params.class)
                .onRevert("mark_failed", (tx, p, why) -> settle(tx, p, "error: " + why.message()))
                .record("note", (tx, p) -> settle(tx, p, "building"), (tx, p, _) -> settle(tx, p, "undone"))
                .task("first", p -> world.add("first-" + p.id()), (p, _) -> world.remove("first-" + p.id()))
                .task("second", p -> world.add("second-" + p.id()), (p, _) -> world.remove("second-" + p.id()))
                .forward("publish", p -> world.add("public-" + p.id()))
                .finish("activate", (tx, p) -> settle(tx, p, "active"))
                .build();
    }

    private static void settle(Tx tx, Params p, String state) {
        tx.update("""
                INSERT INTO quota_usage (service, project_id, resource, used) VALUES (?, ?, 'state', 1)
                ON CONFLICT (service, project_id, resource) DO UPDATE SET used = 1
                """, state, p.id());
        tx.update("DELETE FROM quota_usage WHERE project_id = ? AND service <> ?", p.id(), state);
    }

    private static String state(Database db) {
        return db.read(tx ->
                        tx.first("SELECT service FROM quota_usage WHERE project_id = 'x'", r -> r.string("service")))
                .orElse("none");
    }

    private String start(Flows flows, Database db, Flow<Params> flow) {
        return db.transaction(tx -> flows.start(tx, flow, new Params("x"), new Origin("p", "u", "x", "req-1")));
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void flow_whenAllTasksPass_endsInSuccessWithTimesOfEachTask(Database db) throws Exception {
        try (db;
                var flows = new Flows(db, Clock.systemUTC())) {
            var flow = flow();
            flows.register(flow);
            flows.begin();
            var id = start(flows, db, flow);
            assertThat(flows.awaitIdle(SOON)).isTrue();
            var record = flows.find(id).orElseThrow();
            assertThat(record.state()).isEqualTo(FlowState.SUCCESS);
            assertThat(record.tasks()).hasSize(6).allSatisfy(t -> {
                assertThat(t.state()).isEqualTo("SUCCESS");
                assertThat(t.startedAt()).isPresent();
                assertThat(t.finishedAt()).isPresent();
            });
            assertThat(state(db)).isEqualTo("active");
            assertThat(world).containsExactly("first-x", "public-x", "second-x");
            assertThat(flows.ofResource("x")).extracting(FlowRecord::id).containsExactly(id);
            assertThat(flows.ofRequest("req-1")).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void flow_whenATaskFailsBeforeOrAfterItsEffect_isRevertedAndLeavesNothing(Database db) throws Exception {
        try (db) {
            for (var task : List.of("mark_failed", "note", "first", "second"))
                for (boolean after : new boolean[] {false, true}) {
                    try (var flows = new Flows(db, Clock.systemUTC())) {
                        var flow = flow();
                        flows.register(flow);
                        flows.begin();
                        flows.probe(failing(task, after));
                        var id = start(flows, db, flow);
                        assertThat(flows.awaitIdle(SOON)).isTrue();
                        assertThat(flows.find(id).orElseThrow().state()).isEqualTo(FlowState.REVERTED);
                        assertThat(world).isEmpty();
                        assertThat(state(db)).isEqualTo("error: injected");
                    }
                }
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void flow_whenATaskBehindThePointOfNoReturnFails_isTriedAgainUntilItPasses(Database db) {
        try (db;
                var flows = new Flows(db, Clock.systemUTC())) {
            var flow = flow();
            flows.register(flow);
            flows.begin();
            var failures = new AtomicInteger();
            flows.probe(new FlowProbe() {
                @Override
                public void beforeTask(String name, String task) {
                    if (task.equals("publish") && failures.incrementAndGet() <= 2)
                        throw new Unavailable("injected", "", null);
                }
            });
            var id = start(flows, db, flow);
            Awaitility.await().atMost(SOON).until(() -> {
                flows.reconciler().reconcile();
                return flows.find(id).orElseThrow().state() == FlowState.SUCCESS;
            });
            assertThat(state(db)).isEqualTo("active");
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void flow_whenTheProcessDiesBetweenAnyTwoTasks_isFinishedByTheNextOne(Database db) throws Exception {
        try (db) {
            for (var task : List.of("mark_failed", "note", "first", "second", "publish")) {
                world.clear();
                var flow = flow();
                String id;
                try (var dying = new Flows(db, Clock.systemUTC())) {
                    dying.register(flow);
                    dying.begin();
                    dying.probe(new FlowProbe() {
                        @Override
                        public void betweenTasks(String name, String passed) {
                            if (passed.equals(task)) throw new IllegalStateException("the process dies here");
                        }
                    });
                    id = start(dying, db, flow);
                    dying.awaitIdle(SOON);
                }
                expireLeases(db);
                try (var next = new Flows(db, Clock.systemUTC())) {
                    next.register(flow);
                    next.begin();
                    next.awaitIdle(SOON);
                    assertThat(next.find(id).orElseThrow().state()).isEqualTo(FlowState.SUCCESS);
                }
                assertThat(state(db)).isEqualTo("active");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void flow_whenARevertKeepsFailing_isStuckUntilAnOperatorRetries(Database db) throws Exception {
        try (db;
                var flows = new Flows(db, Clock.systemUTC())) {
            var broken = new java.util.concurrent.atomic.AtomicBoolean(true);
            var flow = Flow.named("thing_break", Params.class)
                    .task("a", p -> world.add("a"), (p, _) -> {
                        if (broken.get()) throw new IllegalStateException("cannot revert");
                        world.remove("a");
                    })
                    .task(
                            "b",
                            _ -> {
                                throw new Unavailable("no", "", null);
                            },
                            (_, _) -> {})
                    .build();
            flows.register(flow);
            flows.begin();
            var id = start(flows, db, flow);
            flows.awaitIdle(SOON);
            assertThat(flows.find(id).orElseThrow().state()).isEqualTo(FlowState.STUCK);
            broken.set(false);
            flows.retry(id);
            flows.awaitIdle(SOON);
            assertThat(flows.find(id).orElseThrow().state()).isEqualTo(FlowState.REVERTED);
            assertThat(world).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(SOURCE)
    void close_whileATaskRuns_leavesTheFlowForTheNextProcess(Database db) throws Exception {
        try (db) {
            var entered = new CountDownLatch(1);
            var blocking = Flow.named("thing_wait", Params.class)
                    .task(
                            "wait",
                            _ -> {
                                entered.countDown();
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                    throw new Unavailable("stopping", "", e);
                                }
                            },
                            (_, _) -> {})
                    .build();
            String id;
            try (var flows = new Flows(db, Clock.systemUTC())) {
                flows.register(blocking);
                flows.begin();
                id = start(flows, db, blocking);
                entered.await();
            }
            var record = db.read(tx -> new FlowStore(tx).find(id)).orElseThrow();
            assertThat(record.state()).isEqualTo(FlowState.RUNNING);
        }
    }

    private static void expireLeases(Database db) {
        db.write(tx -> new FlowStore(tx).breakLeases());
    }

    private static FlowProbe failing(String at, boolean after) {
        return new FlowProbe() {
            @Override
            public void beforeTask(String flow, String task) {
                if (!after && task.equals(at)) throw new Unavailable("injected", "", null);
            }

            @Override
            public void afterTask(String flow, String task) {
                if (after && task.equals(at)) throw new Unavailable("injected", "", null);
            }
        };
    }
}
