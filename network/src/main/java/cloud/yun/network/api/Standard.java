package cloud.yun.network.api;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.json.Times;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What every resource has: description, revision, times.
///
/// @param revision grows by one with each change
public record Standard(String description, long revision, Instant createdAt, Instant updatedAt) {
    public static final String COLUMNS = "description, revision, created_at, updated_at";

    public static Standard of(Row row) throws SQLException {
        return new Standard(
                row.string("description"),
                row.number("revision"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    public static Standard fresh(String description, long revision, Instant now) {
        return new Standard(description, revision, now, now);
    }

    /// Adds description, tags, times, revision and the project to an object, in Neutron's order.
    public ObjectNode into(ObjectNode object, List<String> tags, String projectId) {
        object.put("description", description);
        var array = object.putArray("tags");
        tags.forEach(array::add);
        return timesInto(object, projectId);
    }

    /// As [#into], without tags and description.
    public ObjectNode timesInto(ObjectNode object, String projectId) {
        return object.put("created_at", Times.seconds(createdAt))
                .put("updated_at", Times.seconds(updatedAt))
                .put("revision_number", revision)
                .put("project_id", projectId);
    }

    /// @throws Refused 412, the client saw another revision
    public void constrain(Optional<Long> seen) {
        if (seen.isPresent() && seen.get() != revision)
            throw new Refused(
                    412,
                    "Constrained to " + seen.get() + ", but current revision is " + revision,
                    "RevisionNumberConstraintFailed");
    }

    /// @return the tags of each of `ids`, sorted; ids without tags are missing
    public static Map<String, List<String>> tags(Tx tx, Collection<String> ids) {
        var found = new HashMap<String, List<String>>();
        for (var part : Batches.of(ids))
            tx.query(
                    "SELECT resource_id, tag FROM network_tag WHERE resource_id IN (" + Tx.marks(part.size())
                            + ") ORDER BY tag",
                    r -> found.computeIfAbsent(r.string("resource_id"), _ -> new ArrayList<>())
                            .add(r.string("tag")),
                    part.toArray());
        return found;
    }

    public static void dropTags(Tx tx, String id) {
        tx.update("DELETE FROM network_tag WHERE resource_id = ?", id);
    }

    /// @param table a constant of the caller
    public static void bump(Tx tx, String table, String id, Instant now) {
        tx.update("UPDATE " + table + " SET revision = revision + 1, updated_at = ? WHERE id = ?", now, id);
    }
}
