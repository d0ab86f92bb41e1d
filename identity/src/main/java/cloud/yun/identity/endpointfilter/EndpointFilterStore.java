package cloud.yun.identity.endpointfilter;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.catalog.CatalogStore;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of endpoint filters.
public final class EndpointFilterStore {
    private static final String GROUP = "id, name, description, filters";

    private final Tx tx;

    public EndpointFilterStore(Tx tx) {
        this.tx = tx;
    }

    private static EndpointGroup group(Row r) throws SQLException {
        return new EndpointGroup(
                r.string("id"), r.string("name"), r.optString("description"), Json.storedObject(r.string("filters")));
    }

    boolean hasEndpoint(String projectId, String endpointId) {
        return tx.exists(
                "SELECT 1 FROM identity_project_endpoint WHERE project_id = ? AND endpoint_id = ?",
                projectId,
                endpointId);
    }

    void addEndpoint(String projectId, String endpointId) {
        tx.update(
                "INSERT INTO identity_project_endpoint (project_id, endpoint_id) VALUES (?, ?)", projectId, endpointId);
    }

    boolean removeEndpoint(String projectId, String endpointId) {
        return tx.update(
                        "DELETE FROM identity_project_endpoint WHERE project_id = ? AND endpoint_id = ?",
                        projectId,
                        endpointId)
                > 0;
    }

    List<String> projectsOfEndpoint(String endpointId) {
        return tx.query(
                "SELECT project_id FROM identity_project_endpoint WHERE endpoint_id = ? ORDER BY project_id",
                r -> r.string("project_id"),
                endpointId);
    }

    List<EndpointGroup> groups(Filters filters) {
        var select = filters.apply(Select.of(GROUP, "identity_endpoint_group"), Map.of("name", "name"));
        return filters.page(tx, select).list(tx, EndpointFilterStore::group);
    }

    Optional<EndpointGroup> group(String id) {
        return tx.first(
                "SELECT " + GROUP + " FROM identity_endpoint_group WHERE id = ?", EndpointFilterStore::group, id);
    }

    void insert(EndpointGroup g) {
        tx.update(
                "INSERT INTO identity_endpoint_group (" + GROUP + ") VALUES (?, ?, ?, ?)",
                g.id(),
                g.name(),
                g.description(),
                g.filters());
    }

    void update(EndpointGroup g) {
        tx.update(
                "UPDATE identity_endpoint_group SET name = ?, description = ?, filters = ? WHERE id = ?",
                g.name(),
                g.description(),
                g.filters(),
                g.id());
    }

    void deleteGroup(String id) {
        tx.update("DELETE FROM identity_endpoint_group WHERE id = ?", id);
    }

    boolean hasGroup(String projectId, String groupId) {
        return tx.exists(
                "SELECT 1 FROM identity_project_endpoint_group WHERE project_id = ? AND endpoint_group_id = ?",
                projectId,
                groupId);
    }

    void addGroup(String projectId, String groupId) {
        tx.update(
                "INSERT INTO identity_project_endpoint_group (project_id, endpoint_group_id) VALUES (?, ?)",
                projectId,
                groupId);
    }

    boolean removeGroup(String projectId, String groupId) {
        return tx.update(
                        "DELETE FROM identity_project_endpoint_group WHERE project_id = ? AND endpoint_group_id = ?",
                        projectId,
                        groupId)
                > 0;
    }

    List<String> projectsOfGroup(String groupId) {
        return tx.query("""
                SELECT project_id FROM identity_project_endpoint_group WHERE endpoint_group_id = ? ORDER BY project_id
                """, r -> r.string("project_id"), groupId);
    }

    List<EndpointGroup> groupsOfProject(String projectId) {
        return tx.query("""
                SELECT g.id AS id, g.name AS name, g.description AS description, g.filters AS filters
                  FROM identity_endpoint_group g
                  JOIN identity_project_endpoint_group p ON p.endpoint_group_id = g.id
                 WHERE p.project_id = ?
                 ORDER BY g.id
                """, EndpointFilterStore::group, projectId);
    }

    /// @return whether any project has a filter: mostly none has, and no catalog needs to ask
    public boolean any() {
        return tx.exists("SELECT 1 FROM identity_project_endpoint")
                || tx.exists("SELECT 1 FROM identity_project_endpoint_group");
    }

    /// @return what the project's filters let through; none when it has no filter
    public Collection<Endpoint> endpointsOfProject(String projectId) {
        var found = new LinkedHashMap<String, Endpoint>();
        var all = new CatalogStore(tx).endpoints(Filters.none());
        var own = tx.query(
                "SELECT endpoint_id FROM identity_project_endpoint WHERE project_id = ?",
                r -> r.string("endpoint_id"),
                projectId);
        var groups = groupsOfProject(projectId);
        for (var endpoint : all)
            if (own.contains(endpoint.id()) || groups.stream().anyMatch(g -> g.holds(endpoint)))
                found.put(endpoint.id(), endpoint);
        return found.values();
    }
}
