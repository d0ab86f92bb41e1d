package cloud.yun.kernel.flow;

import cloud.yun.kernel.db.Tx;
import java.util.ArrayList;
import java.util.List;

/// Long work as named tasks, each with its way back.
///
/// `execute` and `revert` are idempotent: after a crash the last one is called again. `revert` is also called for
/// the task that failed, because a call that timed out may have happened. One effect, one task. Everything random
/// is chosen before the flow starts and kept in its params, so that a repeated task does the same.
///
/// @param name for example `volume_create_api`; OpenStack's name where it has one
/// @param params a record that JSON can carry
public record Flow<P extends Record>(String name, Class<P> params, List<Task<P>> tasks) {
    @FunctionalInterface
    public interface Execute<P> {
        void run(P params);
    }

    @FunctionalInterface
    public interface Revert<P> {
        void run(P params, Failure why);
    }

    @FunctionalInterface
    public interface Write<P> {
        void run(Tx tx, P params);
    }

    @FunctionalInterface
    public interface Undo<P> {
        void run(Tx tx, P params, Failure why);
    }

    /// Why a flow turns back.
    ///
    /// @param task the task that failed
    /// @param message for the user
    /// @param detail for the operator
    public record Failure(String task, String message, String detail) {}

    public sealed interface Task<P> {
        String name();

        /// An effect outside the database, with its way back.
        record Revertible<P>(String name, Execute<P> execute, Revert<P> revert) implements Task<P> {}

        /// A change of our own rows: one transaction with the flow's log, so it happens exactly once.
        record Recorded<P>(String name, Write<P> execute, Undo<P> revert) implements Task<P> {}

        /// Behind the point of no return: tried again until it passes, never reverted.
        record Forward<P>(String name, Execute<P> execute) implements Task<P> {}

        /// Behind the point of no return, a change of our own rows.
        record ForwardRecorded<P>(String name, Write<P> execute) implements Task<P> {}

        /// Whether the flow can still turn back at this task.
        default boolean revertible() {
            return this instanceof Revertible || this instanceof Recorded;
        }
    }

    public static <P extends Record> Builder<P> named(String name, Class<P> params) {
        return new Builder<>(name, params);
    }

    public static final class Builder<P extends Record> {
        private final String name;
        private final Class<P> params;
        private final List<Task<P>> tasks = new ArrayList<>();

        private Builder(String name, Class<P> params) {
            this.name = name;
            this.params = params;
        }

        /// An effect outside the database.
        public Builder<P> task(String task, Execute<P> execute, Revert<P> revert) {
            return add(new Task.Revertible<>(task, execute, revert));
        }

        /// A change of our own rows, in one transaction with the flow's log.
        public Builder<P> record(String task, Write<P> execute, Undo<P> revert) {
            return add(new Task.Recorded<>(task, execute, revert));
        }

        /// What only happens on the way back: first in the list, so that it is reverted last.
        public Builder<P> onRevert(String task, Undo<P> revert) {
            return add(new Task.Recorded<>(task, (_, _) -> {}, revert));
        }

        /// From here on there is no way back.
        public Builder<P> forward(String task, Execute<P> execute) {
            return add(new Task.Forward<>(task, execute));
        }

        /// From here on there is no way back; a change of our own rows.
        public Builder<P> finish(String task, Write<P> execute) {
            return add(new Task.ForwardRecorded<>(task, execute));
        }

        public Flow<P> build() {
            return new Flow<>(name, params, List.copyOf(tasks));
        }

        private Builder<P> add(Task<P> task) {
            if (!tasks.isEmpty() && !tasks.getLast().revertible() && task.revertible())
                throw new IllegalStateException(task.name() + " comes after the point of no return");
            if (tasks.stream().anyMatch(t -> t.name().equals(task.name())))
                throw new IllegalStateException("two tasks " + task.name());
            tasks.add(task);
            return this;
        }
    }
}
