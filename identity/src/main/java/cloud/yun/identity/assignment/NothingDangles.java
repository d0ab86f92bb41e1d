package cloud.yun.identity.assignment;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Database;
import java.util.ArrayList;
import java.util.List;

/// Assignments belong to users, groups, projects and domains that are there. No foreign key keeps this,
/// because users and groups may come from a directory that is not ours.
public final class NothingDangles implements Invariant {
    private final Database db;

    public NothingDangles(Database db) {
        this.db = db;
    }

    @Override
    public String name() {
        return "identity: assignments have their users, groups and targets";
    }

    @Override
    public List<String> violations() {
        return db.read(tx -> {
            var found = new ArrayList<String>();
            var store = new AssignmentStore(tx);
            store.withoutActor().forEach(id -> found.add("role assignments of " + id + ", who is not there"));
            store.withoutTarget().forEach(id -> found.add("role assignments on " + id + ", which is not there"));
            return found;
        });
    }
}
