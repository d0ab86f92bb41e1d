package cloud.yun.compute;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.reconcile.Reconciler;
import java.util.List;

/// What one resource of the room gives to the room's module. `ComputeModule` is a list of these.
public interface Part {
    List<Route> routes();

    default List<Reconciler> reconcilers() {
        return List.of();
    }

    default List<Invariant> invariants() {
        return List.of();
    }

    /// After the schema is there and before requests are served.
    default void start() {}

    /// Guests stay as they are.
    default void stop() {}
}
