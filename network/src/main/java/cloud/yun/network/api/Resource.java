package cloud.yun.network.api;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Shape.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What all resources do alike: one transaction for each call, and nobody hears of what is not theirs to see.
///
/// @param <T> a row
public abstract class Resource<T> implements Crud {
    protected final Common common;
    private final Shape shape;

    protected Resource(Common common, Shape shape) {
        this.common = common;
        this.shape = shape;
    }

    @Override
    public final Shape shape() {
        return shape;
    }

    @Override
    public final List<ObjectNode> create(Caller caller, List<Draft> drafts) {
        for (var draft : drafts) check(caller, draft);
        return common.db().transaction(tx -> {
            var made = new ArrayList<ObjectNode>();
            for (var draft : drafts) made.add(create(tx, caller, draft));
            return made;
        });
    }

    /// Whether the caller may make this, as far as that can be said without looking at rows.
    protected void check(Caller caller, Draft draft) {
        common.guard().create(caller, shape, draft, Target.project(draft.projectId()));
    }

    protected abstract ObjectNode create(Tx tx, Caller caller, Draft draft);

    @Override
    public final ObjectNode show(Caller caller, String id) {
        return common.db()
                .read(tx ->
                        rendered(tx, caller, List.of(visible(tx, caller, id))).getFirst());
    }

    @Override
    public List<ObjectNode> list(Caller caller, ListQuery query) {
        var scope = common.guard().all(caller) ? Optional.<String>empty() : Optional.of(caller.projectId());
        return common.db().read(tx -> rendered(tx, caller, page(tx, query, scope)));
    }

    /// @throws cloud.yun.kernel.error.CloudException.NotFound there is none that the caller may know of
    public final T visible(Tx tx, Caller caller, String id) {
        var row = find(tx, id).orElseThrow(() -> shape.notFound(id));
        if (!sees(tx, caller, row)) throw shape.notFound(id);
        return row;
    }

    protected boolean sees(Tx tx, Caller caller, T row) {
        return common.guard().sees(caller, shape, target(tx, caller, row));
    }

    protected abstract Optional<T> find(Tx tx, String id);

    /// @param projectId whose rows, and what others share with it; empty: all
    protected abstract List<T> page(Tx tx, ListQuery query, Optional<String> projectId);

    /// What the rules of who may see it look at.
    protected abstract Target target(Tx tx, Caller caller, T row);

    protected abstract List<ObjectNode> rendered(Tx tx, Caller caller, List<T> rows);
}
