package cloud.yun.identity.auth;

import cloud.yun.identity.assignment.Assignment;
import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.identity.assignment.AssignmentStore;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a user can scope a token to.
public final class Reach {
    private final Database db;

    public Reach(Database db) {
        this.db = db;
    }

    /// @return the enabled projects on which the user has a role, by id
    public List<Project> projects(String userId, Filters filters) {
        return db.read(tx -> {
            var store = new ProjectStore(tx);
            var ids = projectIds(tx, userId);
            return store.among(ids).stream()
                    .filter(p -> p.enabled() && !p.isDomain())
                    .filter(p ->
                            store.domain(p.domainId()).map(Project::enabled).orElse(false))
                    .filter(p -> filters.enabled().map(e -> e == p.enabled()).orElse(true))
                    .filter(p -> matches(filters, p))
                    .toList();
        });
    }

    /// @return ids of all projects on which the user has a role, disabled ones too
    public static Set<String> projectIds(Tx tx, String userId) {
        var ids = new LinkedHashSet<String>();
        for (var assignment : new AssignmentStore(tx).ofUserAndGroups(userId)) reached(tx, assignment, ids);
        return ids;
    }

    private static void reached(Tx tx, Assignment assignment, LinkedHashSet<String> ids) {
        var target = assignment.target();
        var store = new ProjectStore(tx);
        switch (target.kind()) {
            case PROJECT -> {
                if (!assignment.inherited()) ids.add(target.id());
                else store.descendants(target.id()).forEach(p -> ids.add(p.id()));
            }
            case DOMAIN -> {
                if (assignment.inherited()) store.ofDomain(target.id()).forEach(p -> ids.add(p.id()));
            }
            case SYSTEM -> {}
        }
    }

    private static boolean matches(Filters filters, Project project) {
        var name = filters.name().get("equals");
        var domain = filters.equal().get("domain_id");
        return (name == null || name.equals(project.name())) && (domain == null || domain.equals(project.domainId()));
    }

    /// @return the enabled domains on which the user has a role, by id
    public List<Project> domains(String userId) {
        return db.read(tx -> {
            var ids = new LinkedHashSet<String>();
            for (var assignment : new AssignmentStore(tx).ofUserAndGroups(userId))
                if (assignment.target().kind() == Target.Kind.DOMAIN && !assignment.inherited())
                    ids.add(assignment.target().id());
            return new ProjectStore(tx)
                    .among(ids).stream().filter(Project::enabled).toList();
        });
    }

    Project domain(String id) {
        return db.read(tx -> new ProjectStore(tx).domain(id)).orElseThrow(Unauthorized::new);
    }

    public boolean system(String userId) {
        return db.read(tx -> new AssignmentStore(tx)
                .ofUserAndGroups(userId).stream().anyMatch(a -> a.target().kind() == Target.Kind.SYSTEM));
    }
}
