package cloud.yun.identity.limit;

import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What limits in a tree of projects must keep to.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/unified-limits.html">unified limits</a>
public enum EnforcementModel {
    /// Each project for itself.
    FLAT("Limit enforcement and validation does not take project hierarchy into consideration."),
    /// No project has more than its domain, and no domain less than one of its projects.
    STRICT_TWO_LEVEL("This model requires project hierarchy never exceeds a depth of two");

    private final String description;

    EnforcementModel(String description) {
        this.description = description;
    }

    /// @throws IllegalArgumentException there is no such model
    public static EnforcementModel of(String name) {
        for (var model : values()) if (model.wire().equals(name)) return model;
        throw new IllegalArgumentException("'" + name + "' is neither flat nor strict_two_level");
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    /// @param configured levels of projects below a domain that the operator allows
    /// @return how many there may be with this model
    public int depthMax(int configured) {
        return this == FLAT ? configured : Math.min(configured, 2);
    }

    /// @param limits all that one request makes or changes
    /// @throws Forbidden one of them breaks the model
    void check(Tx tx, List<Limit> limits) {
        if (this == FLAT) return;
        for (var limit : limits) {
            boolean fits = limit.projectId()
                    .map(id -> belowParent(tx, limit, id, limits))
                    .orElseGet(() -> aboveChildren(tx, limit));
            if (!fits) throw new Forbidden("Invalid resource limit: " + words(limit) + ".");
        }
    }

    private static boolean belowParent(Tx tx, Limit limit, String projectId, List<Limit> together) {
        var parentId = new ProjectStore(tx).find(projectId).flatMap(Project::parentId);
        if (parentId.isEmpty()) return true;
        var beside = together.stream()
                .filter(l -> l.domainId().equals(parentId) && l.what().equals(limit.what()))
                .findFirst();
        var store = new LimitStore(tx);
        Optional<Integer> most = beside.or(() -> store.of(parentId.get(), limit.what()))
                .map(Limit::resourceLimit)
                .or(() -> store.registered(limit.what()).map(RegisteredLimit::defaultLimit));
        return most.map(m -> limit.resourceLimit() <= m).orElse(true);
    }

    private static boolean aboveChildren(Tx tx, Limit limit) {
        var store = new LimitStore(tx);
        return new ProjectStore(tx)
                .descendants(limit.domainId().orElseThrow()).stream()
                        .flatMap(p -> store.of(p.id(), limit.what()).stream())
                        .allMatch(below -> below.resourceLimit() <= limit.resourceLimit());
    }

    private static String words(Limit limit) {
        var owner = limit.projectId()
                .map(id -> "project_id: " + id)
                .orElseGet(() -> "domain_id: " + limit.domainId().orElse("None"));
        return "The resource limit (" + owner + ", resource_name: "
                + limit.what().name() + ", resource_limit: "
                + limit.resourceLimit() + ", service_id: " + limit.what().serviceId() + ", region_id: "
                + limit.what().regionId().orElse("None") + ") doesn't satisfy current hierarchy model.";
    }
}
