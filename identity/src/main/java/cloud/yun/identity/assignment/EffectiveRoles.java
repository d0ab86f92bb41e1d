package cloud.yun.identity.assignment;

import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.kernel.db.Tx;
import java.util.List;

/// The roles that a user really has somewhere: own, by groups, inherited from above, and implied.
public final class EffectiveRoles {
    private final Tx tx;

    public EffectiveRoles(Tx tx) {
        this.tx = tx;
    }

    /// A domain is asked for as a project: its own assignments then hold, not its inherited ones.
    public List<Role> onProject(String userId, Project project) {
        if (project.isDomain()) return onDomain(userId, project.id());
        var above = new ProjectStore(tx)
                .ancestors(project).stream().map(Project::id).toList();
        return implied(new AssignmentStore(tx).rolesOf(userId, Target.project(project.id()), above));
    }

    /// @return the ids of the user's roles on a project, domains' own roles among them
    public List<String> idsOnProject(String userId, Project project) {
        var target = project.isDomain() ? Target.domain(project.id()) : Target.project(project.id());
        List<String> above = project.isDomain()
                ? List.of()
                : new ProjectStore(tx)
                        .ancestors(project).stream().map(Project::id).toList();
        return List.copyOf(new RoleStore(tx).closure(new AssignmentStore(tx).rolesOf(userId, target, above)));
    }

    public List<Role> onDomain(String userId, String domainId) {
        return implied(new AssignmentStore(tx).rolesOf(userId, Target.domain(domainId), List.of()));
    }

    public List<Role> onSystem(String userId) {
        return implied(new AssignmentStore(tx).rolesOf(userId, Target.SYSTEM, List.of()));
    }

    /// @return the roles and what they imply; without domains' own roles, which only stand for others
    public List<Role> implied(List<String> direct) {
        if (direct.isEmpty()) return List.of();
        var roles = new RoleStore(tx);
        var order = List.copyOf(roles.closure(direct));
        return roles.among(order).stream()
                .filter(Role::global)
                .sorted(java.util.Comparator.comparingInt(r -> order.indexOf(r.id())))
                .toList();
    }
}
