package cloud.yun.identity.assignment;

import cloud.yun.identity.assignment.Assignment.Actor;
import cloud.yun.identity.assignment.Assignment.Target;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// SQL of role assignments.
public final class AssignmentStore {
    private static final String COLUMNS = "actor_type, actor_id, target_type, target_id, role_id, inherited";
    private static final String OF_USER = """
            ((actor_type = 'user' AND actor_id = ?)
             OR (actor_type = 'group' AND actor_id IN (SELECT group_id FROM identity_group_member WHERE user_id = ?)))
            """;

    private final Tx tx;

    public AssignmentStore(Tx tx) {
        this.tx = tx;
    }

    private static Assignment assignment(Row r) throws SQLException {
        return new Assignment(
                new Actor(Actor.Kind.valueOf(r.string("actor_type").toUpperCase(Locale.ROOT)), r.string("actor_id")),
                new Target(
                        Target.Kind.valueOf(r.string("target_type").toUpperCase(Locale.ROOT)), r.string("target_id")),
                r.string("role_id"),
                r.bool("inherited"));
    }

    public void add(Assignment a) {
        tx.update(
                "INSERT INTO identity_assignment (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                a.actor().kind().wire(),
                a.actor().id(),
                a.target().kind().wire(),
                a.target().id(),
                a.roleId(),
                a.inherited());
    }

    public boolean exists(Assignment a) {
        return tx.exists(
                "SELECT 1 FROM identity_assignment WHERE " + SAME,
                a.actor().id(),
                a.actor().kind().wire(),
                a.target().kind().wire(),
                a.target().id(),
                a.roleId(),
                a.inherited());
    }

    private static final String SAME = "actor_id = ? AND actor_type = ? AND target_type = ? AND target_id = ?"
            + " AND role_id = ? AND inherited = ?";

    public boolean remove(Assignment a) {
        return tx.update(
                        "DELETE FROM identity_assignment WHERE " + SAME,
                        a.actor().id(),
                        a.actor().kind().wire(),
                        a.target().kind().wire(),
                        a.target().id(),
                        a.roleId(),
                        a.inherited())
                > 0;
    }

    /// @return the roles that an actor has on exactly this target
    public List<String> roles(Actor actor, Target target, boolean inherited) {
        return tx.query(
                """
                SELECT role_id
                  FROM identity_assignment
                 WHERE actor_id = ? AND actor_type = ? AND target_type = ? AND target_id = ? AND inherited = ?
                 ORDER BY role_id
                """,
                r -> r.string("role_id"),
                actor.id(),
                actor.kind().wire(),
                target.kind().wire(),
                target.id(),
                inherited);
    }

    /// Assignments by what is given; what is empty does not filter.
    public List<Assignment> list(
            Optional<Actor> actor, Optional<String> roleId, Optional<Target> target, Optional<Boolean> inherited) {
        var select = Select.of(COLUMNS, "identity_assignment");
        actor.ifPresent(a ->
                select.where("actor_id = ? AND actor_type = ?", a.id(), a.kind().wire()));
        target.ifPresent(t -> select.where(
                "target_id = ? AND target_type = ?", t.id(), t.kind().wire()));
        return select.where("role_id = ?", roleId)
                .where("inherited = ?", inherited)
                .list(tx, AssignmentStore::assignment);
    }

    /// @return all assignments of a user, its groups' ones too, as they are stored
    public List<Assignment> ofUserAndGroups(String userId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM identity_assignment WHERE " + OF_USER,
                AssignmentStore::assignment,
                userId,
                userId);
    }

    /// @param above ids of the projects and of the domain above the target, whose inherited assignments hold too
    /// @return ids of the roles that a user has there, itself or by a group, without implied ones
    public List<String> rolesOf(String userId, Target target, Collection<String> above) {
        var marks = above.isEmpty() ? "NULL" : Tx.marks(above.size());
        var arguments = new java.util.ArrayList<Object>(
                List.of(userId, userId, target.id(), target.kind().wire()));
        arguments.addAll(above);
        return tx.query(
                "SELECT DISTINCT role_id FROM identity_assignment WHERE " + OF_USER
                        + " AND ((target_id = ? AND target_type = ? AND inherited = 0)"
                        + " OR (inherited = 1 AND target_id IN (" + marks + "))) ORDER BY role_id",
                r -> r.string("role_id"),
                arguments.toArray());
    }

    /// @param above as in [#rolesOf]
    /// @param after only users whose ids come behind this one
    /// @return ids, in order, of users who have a role there, themselves or by a group
    public List<String> usersOn(Target target, Collection<String> above, String after, int max) {
        var marks = above.isEmpty() ? "NULL" : Tx.marks(above.size());
        var there = "((a.target_id = ? AND a.target_type = ? AND a.inherited = 0)"
                + " OR (a.inherited = 1 AND a.target_id IN (" + marks + ")))";
        var arguments = new java.util.ArrayList<Object>();
        for (int i = 0; i < 2; i++) {
            arguments.addAll(List.of(target.id(), target.kind().wire()));
            arguments.addAll(above);
        }
        arguments.add(after);
        arguments.add(max);
        return tx.query(
                "SELECT user_id FROM (SELECT a.actor_id AS user_id FROM identity_assignment a"
                        + " WHERE a.actor_type = 'user' AND " + there
                        + " UNION SELECT m.user_id AS user_id FROM identity_assignment a"
                        + " JOIN identity_group_member m ON m.group_id = a.actor_id"
                        + " WHERE a.actor_type = 'group' AND " + there + ") everybody"
                        + " WHERE user_id > ? ORDER BY user_id LIMIT ?",
                r -> r.string("user_id"),
                arguments.toArray());
    }

    List<String> withoutActor() {
        return tx.query("""
                SELECT DISTINCT actor_id
                  FROM identity_assignment a
                 WHERE (actor_type = 'user' AND NOT EXISTS (SELECT 1 FROM identity_user u WHERE u.id = a.actor_id))
                    OR (actor_type = 'group' AND NOT EXISTS (SELECT 1 FROM identity_group g WHERE g.id = a.actor_id))
                """, r -> r.string("actor_id"));
    }

    List<String> withoutTarget() {
        return tx.query("""
                SELECT DISTINCT target_id
                  FROM identity_assignment a
                 WHERE target_type <> 'system'
                   AND NOT EXISTS (SELECT 1 FROM identity_project p WHERE p.id = a.target_id)
                """, r -> r.string("target_id"));
    }

    public void removeActor(Actor actor) {
        tx.update(
                "DELETE FROM identity_assignment WHERE actor_id = ? AND actor_type = ?",
                actor.id(),
                actor.kind().wire());
    }

    public void removeTarget(String targetId) {
        tx.update("DELETE FROM identity_assignment WHERE target_id = ?", targetId);
    }
}
