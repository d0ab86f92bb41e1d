package cloud.yun.kernel;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.state.StateTable;
import java.util.List;
import java.util.Map;

/// What a room gives to the house.
public interface Room {
    ApiService service();

    List<Route> routes();

    Policy policy();

    default List<Reconciler> reconcilers() {
        return List.of();
    }

    default List<Invariant> invariants() {
        return List.of();
    }

    /// @return the room's tables of moves by resource name, for `docs/states.md`
    default Map<String, StateTable<?, ?>> states() {
        return Map.of();
    }

    /// After the schema is there and before requests are served: default rows, agents.
    default void start() {}

    /// Guests, networks and volumes stay as they are.
    default void stop() {}
}
