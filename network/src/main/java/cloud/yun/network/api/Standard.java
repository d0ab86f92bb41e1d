package cloud.yun.network.api;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.json.Times;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
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
        return new StandardStore(tx).tags(ids);
    }

    public static void dropTags(Tx tx, String id) {
        new StandardStore(tx).dropTags(id);
    }

    /// @param table a constant of the caller
    public static void bump(Tx tx, String table, String id, Instant now) {
        new StandardStore(tx).bump(table, id, now);
    }
}
