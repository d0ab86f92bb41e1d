package cloud.yun.kernel.flow;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Dialect;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.FlowState.Event;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All flows of this process: records them, runs them, and takes over those that another process left behind.
public final class Flows implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Flows.class);
    static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration PASS = Duration.ofSeconds(2);
    private static final Duration KEEP = Duration.ofDays(30);
    private static final int CLAIM_MAX = 100;

    private final Database db;
    private final Clock clock;
    private final String owner = UUID.randomUUID().toString();
    private final Map<String, Flow<?>> known = new ConcurrentHashMap<>();
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile FlowProbe probe = FlowProbe.NONE;
    private volatile boolean started;
    private volatile boolean stopping;

    public Flows(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /// Every flow of every room is registered before [#begin], so that what was left behind can go on.
    public void register(Flow<?> flow) {
        if (known.putIfAbsent(flow.name(), flow) != null)
            throw new IllegalArgumentException("two flows are named " + flow.name());
    }

    /// @return every flow's tasks in order, by the flow's name
    public Map<String, List<String>> registered() {
        var found = new java.util.TreeMap<String, List<String>>();
        known.forEach((name, flow) ->
                found.put(name, flow.tasks().stream().map(Flow.Task::name).toList()));
        return found;
    }

    public void probe(FlowProbe newProbe) {
        probe = newProbe;
    }

    /// Records a flow in the transaction of the request. It runs once that is durable.
    ///
    /// @param resourceId what the flow works on; users find the flow by it
    /// @return the flow's id
    public <P extends Record> String start(Tx tx, Flow<P> flow, P params, Caller caller, String resourceId) {
        return start(
                tx,
                flow,
                params,
                new Origin(
                        caller.project().map(Caller.Project::id).orElse(""),
                        caller.userId(),
                        resourceId,
                        caller.requestId()));
    }

    public <P extends Record> String start(Tx tx, Flow<P> flow, P params, Origin origin) {
        if (known.get(flow.name()) == null) throw new IllegalArgumentException(flow.name() + " is not registered");
        var id = UUID.randomUUID().toString();
        var now = clock.instant();
        new FlowStore(tx).insert(id, flow.name(), Json.text(params), origin, owner, now, now.plus(LEASE));
        tx.afterCommit(() -> launch(id));
        return id;
    }

    /// Does all of a flow in the transaction of the request, and records it as done: for work that only changes
    /// our own rows and must be refused at once. An exception rolls back all of it, the record included.
    ///
    /// @param flow of recorded tasks only
    /// @return the flow's id
    public <P extends Record> String perform(Tx tx, Flow<P> flow, P params, Caller caller, String resourceId) {
        var id = UUID.randomUUID().toString();
        var store = new FlowStore(tx);
        var begun = clock.instant();
        store.insert(
                id,
                flow.name(),
                Json.text(params),
                new Origin(
                        caller.project().map(Caller.Project::id).orElse(""),
                        caller.userId(),
                        resourceId,
                        caller.requestId()),
                owner,
                begun,
                begun.plus(LEASE));
        store.move(id, FlowState.PENDING, Event.START, owner, begun);
        for (int i = 0; i < flow.tasks().size(); i++) {
            var task = flow.tasks().get(i);
            probe.beforeTask(flow.name(), task.name());
            store.taskStarted(id, i, task.name(), clock.instant());
            switch (task) {
                case Flow.Task.Recorded<P> t -> t.execute().run(tx, params);
                case Flow.Task.ForwardRecorded<P> t -> t.execute().run(tx, params);
                case Flow.Task.Revertible<P> _, Flow.Task.Forward<P> _ ->
                    throw new IllegalArgumentException(task.name() + " has an effect outside the database");
            }
            probe.afterTask(flow.name(), task.name());
            store.taskSucceeded(id, i, clock.instant());
        }
        store.move(id, FlowState.RUNNING, Event.FINISH, owner, clock.instant());
        return id;
    }

    /// @return whether a flow that has not ended, and that does not wait for an operator, works on the resource
    public boolean busy(Tx tx, String resourceId) {
        return tx.exists(
                "SELECT 1 FROM flow WHERE resource_id = ? AND finished_at IS NULL AND state <> 'STUCK'", resourceId);
    }

    /// Waits until a flow that this process runs rests: it ended, is stuck, or waits for its next try.
    ///
    /// @return the flow as it then is; still running when the time is over
    /// @throws NotFound there is no such flow
    public FlowRecord await(String id, Duration timeout) {
        var thread = running.get(id);
        try {
            if (thread != null && !thread.join(timeout)) LOG.info("flow {} still runs after {}", id, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return find(id).orElseThrow(() -> new NotFound("Flow", id));
    }

    /// Begins to run flows, the ones left behind first.
    public void begin() {
        if (db.dialect() == Dialect.SQLITE) db.write(tx -> new FlowStore(tx).breakLeases());
        started = true;
        takeOver();
    }

    private void launch(String id) {
        if (!started || stopping) return; // begin() or another process finds it by its lease
        // begun under the map's lock: whoever finds a thread there can wait for it
        running.computeIfAbsent(id, i -> Thread.ofVirtual().name("flow-" + i).start(() -> run(i)));
    }

    private void run(String id) {
        try {
            new FlowRunner(db, clock, owner, probe, () -> stopping).run(id, known);
        } catch (RuntimeException e) {
            if (!stopping) LOG.error("flow {}: the runner itself failed; its lease will expire", id, e);
        } finally {
            running.remove(id);
        }
    }

    private void takeOver() {
        var now = clock.instant();
        db.write(tx -> new FlowStore(tx).renew(owner, now, now.plus(LEASE)));
        var ids = db.transaction(tx -> new FlowStore(tx).claim(owner, now, now.plus(LEASE), CLAIM_MAX));
        ids.forEach(this::launch);
    }

    /// Renews our leases and takes over flows whose lease has expired.
    public Reconciler reconciler() {
        return new Reconciler() {
            @Override
            public String name() {
                return "flows";
            }

            @Override
            public Duration period() {
                return PASS;
            }

            @Override
            public void reconcile() {
                if (!started || stopping) return;
                takeOver();
                db.write(tx -> new FlowStore(tx).forget(clock.instant().minus(KEEP), 1000));
            }
        };
    }

    public Optional<FlowRecord> find(String id) {
        return db.read(tx -> new FlowStore(tx).find(id));
    }

    public List<FlowRecord> ofResource(String resourceId) {
        return db.read(tx -> new FlowStore(tx).ofResource(resourceId));
    }

    public List<FlowRecord> ofRequest(String requestId) {
        return db.read(tx -> new FlowStore(tx).ofRequest(requestId));
    }

    /// Newest first.
    ///
    /// @throws NotFound there is no flow `marker`
    public List<FlowRecord> list(Optional<FlowState> state, Optional<String> marker, int limit) {
        return db.read(tx -> {
            var store = new FlowStore(tx);
            var after = marker.map(m -> store.find(m).orElseThrow(() -> new NotFound("Flow", m)));
            return store.list(state, after, limit);
        });
    }

    /// @return resources that a flow which has not ended still works on
    public Set<String> busyResources() {
        return new HashSet<>(db.read(tx -> new FlowStore(tx).unfinishedResources()));
    }

    /// An operator has looked: reverts on from where a stuck flow stands.
    ///
    /// @throws Conflict it is not stuck
    public void retry(String id) {
        db.write(tx -> {
            var store = new FlowStore(tx);
            var flow = store.find(id).orElseThrow(() -> new NotFound("Flow", id));
            if (flow.state() != FlowState.STUCK) throw new Conflict("Flow " + id + " is not stuck.");
            var now = clock.instant();
            tx.update("UPDATE flow SET owner = ?, lease_until = ? WHERE id = ?", owner, now.plus(LEASE), id);
            store.move(id, FlowState.STUCK, Event.RETRY, owner, now);
            tx.afterCommit(() -> launch(id));
        });
    }

    /// Waits until nothing runs in this process. For tests and for a clean stop.
    ///
    /// @return whether it became idle in time
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        // what runs may begin another flow before it ends; a flow that follows is in the map before its cause leaves it
        for (var threads = running(); !threads.isEmpty(); threads = running())
            for (var thread : threads) {
                long left = end - System.nanoTime();
                if (left <= 0 || !thread.join(Duration.ofNanos(left))) return false;
            }
        return true;
    }

    /// The map is walked twice, for one walk may miss a flow that another put there while it left itself.
    private List<Thread> running() {
        var threads = List.copyOf(running.values());
        return threads.isEmpty() ? List.copyOf(running.values()) : threads;
    }

    /// Interrupts what runs. Its flows stay as they are and go on at the next start.
    @Override
    public void close() {
        stopping = true;
        var threads = List.copyOf(running.values());
        threads.forEach(Thread::interrupt);
        try {
            for (var thread : threads)
                if (!thread.join(Duration.ofSeconds(10))) LOG.warn("{} did not stop", thread.getName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
