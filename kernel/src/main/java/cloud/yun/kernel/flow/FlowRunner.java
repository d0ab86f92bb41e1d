package cloud.yun.kernel.flow;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flow.Task;
import cloud.yun.kernel.flow.FlowState.Event;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Goes on where the log ends, forward or backward, so the first start and the restart after a crash are one call.
final class FlowRunner {
    private static final Logger LOG = LoggerFactory.getLogger(FlowRunner.class);
    private static final int REVERT_TRIES = 3;
    private static final Duration FORWARD_WAIT_MIN = Duration.ofSeconds(1);
    private static final Duration FORWARD_WAIT_MAX = Duration.ofSeconds(60);

    private final Database db;
    private final Clock clock;
    private final String owner;
    private final FlowProbe probe;
    private final BooleanSupplier stopping;

    FlowRunner(Database db, Clock clock, String owner, FlowProbe probe, BooleanSupplier stopping) {
        this.db = db;
        this.clock = clock;
        this.owner = owner;
        this.probe = probe;
        this.stopping = stopping;
    }

    /// Ends in SUCCESS, REVERTED or STUCK, or leaves the flow for later: the process stops, or a task behind the
    /// point of no return did not pass and waits for its next try.
    void run(String id, Map<String, Flow<?>> known) {
        var log = db.read(tx -> new FlowStore(tx).find(id));
        if (log.isEmpty() || FlowState.ENDED.contains(log.get().state())) return;
        var flow = known.get(log.get().name());
        if (flow == null) {
            LOG.error(
                    "flow {}: this program knows no flow named {}",
                    id,
                    log.get().name());
            return;
        }
        run(log.get(), flow);
    }

    private <P extends Record> void run(FlowRecord log, Flow<P> flow) {
        var params = Json.stored(log.params(), flow.params());
        var run = new Run<>(log.id(), flow, params, log.state() != FlowState.PENDING);
        if (log.state() == FlowState.REVERTING) {
            var why = new Failure("", log.error().orElse(""), log.detail().orElse(""));
            run.revertFrom(lastTouched(log), why);
            return;
        }
        int next = (int)
                log.tasks().stream().filter(t -> t.state().equals("SUCCESS")).count();
        run.forward(next);
    }

    private static int lastTouched(FlowRecord log) {
        return log.tasks().stream()
                .filter(t -> !t.state().equals("REVERTED"))
                .mapToInt(FlowRecord.TaskRecord::position)
                .max()
                .orElse(-1);
    }

    private final class Run<P extends Record> {
        private final String id;
        private final Flow<P> flow;
        private final P params;
        private boolean begun;

        Run(String id, Flow<P> flow, P params, boolean begun) {
            this.id = id;
            this.flow = flow;
            this.params = params;
            this.begun = begun;
        }

        /// A first task that only changes rows begins the flow in its own transaction, and saves one.
        private void begin(FlowStore store) {
            if (begun) return;
            store.move(id, FlowState.PENDING, Event.START, owner, clock.instant());
            store.taskStarted(id, 0, flow.tasks().getFirst().name(), clock.instant());
        }

        /// An effect outside is never begun before the log says so.
        private void begin() {
            if (begun) return;
            log(this::begin);
            begun = true;
        }

        void forward(int from) {
            var started = clock.instant();
            for (int i = from; i < flow.tasks().size(); i++) {
                if (stopping.getAsBoolean()) return;
                var task = flow.tasks().get(i);
                try {
                    execute(task, i);
                } catch (RuntimeException | Error failure) {
                    if (stopping.getAsBoolean()) return;
                    failed(task, i, failure, started);
                    return;
                }
                probe.betweenTasks(flow.name(), task.name());
            }
        }

        private void execute(Task<P> task, int i) {
            probe.beforeTask(flow.name(), task.name());
            switch (task) {
                case Task.Revertible<P> t -> {
                    begin();
                    t.execute().run(params);
                    probe.afterTask(flow.name(), task.name());
                    log(s -> succeeded(s, i));
                }
                case Task.Forward<P> t -> {
                    begin();
                    t.execute().run(params);
                    probe.afterTask(flow.name(), task.name());
                    log(s -> succeeded(s, i));
                }
                case Task.Recorded<P> t -> recorded(task, i, tx -> t.execute().run(tx, params));
                case Task.ForwardRecorded<P> t ->
                    recorded(task, i, tx -> t.execute().run(tx, params));
            }
        }

        private void recorded(Task<P> task, int i, Consumer<Tx> effect) {
            db.write(tx -> {
                var store = new FlowStore(tx);
                begin(store);
                effect.accept(tx);
                probe.afterTask(flow.name(), task.name());
                succeeded(store, i);
            });
            begun = true;
        }

        private void succeeded(FlowStore store, int i) {
            var now = clock.instant();
            store.taskSucceeded(id, i, now);
            if (i + 1 < flow.tasks().size())
                store.taskStarted(id, i + 1, flow.tasks().get(i + 1).name(), now);
            else store.move(id, FlowState.RUNNING, Event.FINISH, owner, now);
        }

        private void failed(Task<P> task, int i, Throwable failure, Instant started) {
            begin(); // the first task may have failed with its beginning rolled back
            var why = failure(task.name(), failure);
            if (task.revertible()) {
                report(task, failure, "turns back");
                log(s -> {
                    var now = clock.instant();
                    s.failed(id, why);
                    s.taskFailed(id, i, why.message(), now);
                    s.move(id, FlowState.RUNNING, Event.FAIL, owner, now);
                });
                revertFrom(i, why);
                return;
            }
            report(task, failure, "will be tried again");
            log(s -> {
                var now = clock.instant();
                s.taskFailed(id, i, why.message(), now);
                s.release(id, now.plus(pause(Duration.between(started, now))));
            });
        }

        /// A conflict is no trouble of the cloud: somebody wanted something else meanwhile, for instance to delete
        /// what is being built. Nor is what a user asked for and cannot be had.
        private static boolean usual(CloudException failure) {
            return failure instanceof CloudException.Conflict || failure instanceof CloudException.Invalid;
        }

        /// One line for what users do wrong or hosts refuse; a stack trace only for what looks like a bug.
        private void report(Task<P> task, Throwable failure, String consequence) {
            if (failure instanceof CloudException e)
                LOG.atLevel(usual(e) ? Level.INFO : Level.WARN)
                        .log(
                                "flow {} {} ({}) {} after: {} {}",
                                flow.name(),
                                id,
                                task.name(),
                                consequence,
                                e.getMessage(),
                                e.detail());
            else LOG.error("flow {} {} ({}) {}", flow.name(), id, task.name(), consequence, failure);
        }

        void revertFrom(int from, Failure why) {
            for (int i = from; i >= 0; i--) {
                if (stopping.getAsBoolean()) return;
                if (!revert(i, why)) return;
            }
            log(s -> s.move(id, FlowState.REVERTING, Event.REVERT_DONE, owner, clock.instant()));
        }

        /// @return whether to go on backward
        private boolean revert(int i, Failure why) {
            for (int attempt = 1; ; attempt++) {
                try {
                    undo(i, why);
                    return true;
                } catch (RuntimeException | Error failure) {
                    if (stopping.getAsBoolean()) return false;
                    var task = flow.tasks().get(i).name();
                    LOG.error("flow {} {}: revert of {} failed ({})", flow.name(), id, task, attempt, failure);
                    if (attempt == REVERT_TRIES) {
                        log(s -> s.move(id, FlowState.REVERTING, Event.REVERT_FAILED, owner, clock.instant()));
                        return false;
                    }
                }
            }
        }

        private void undo(int i, Failure why) {
            switch (flow.tasks().get(i)) {
                case Task.Revertible<P> t -> {
                    t.revert().run(params, why);
                    log(s -> s.taskReverted(id, i, clock.instant()));
                }
                case Task.Recorded<P> t ->
                    db.write(tx -> {
                        t.revert().run(tx, params, why);
                        new FlowStore(tx).taskReverted(id, i, clock.instant());
                    });
                case Task.Forward<P> _, Task.ForwardRecorded<P> _ -> {}
            }
        }

        private void log(Consumer<FlowStore> entry) {
            db.write(tx -> entry.accept(new FlowStore(tx)));
        }
    }

    private static Failure failure(String task, Throwable failure) {
        if (failure instanceof CloudException e) return new Failure(task, e.userMessage(), e.detail());
        return new Failure(task, "An unexpected error occurred.", failure.toString());
    }

    /// Longer each time: as long as it has been tried so far, within bounds.
    private static Duration pause(Duration tried) {
        if (tried.compareTo(FORWARD_WAIT_MIN) < 0) return FORWARD_WAIT_MIN;
        return tried.compareTo(FORWARD_WAIT_MAX) > 0 ? FORWARD_WAIT_MAX : tried;
    }
}
