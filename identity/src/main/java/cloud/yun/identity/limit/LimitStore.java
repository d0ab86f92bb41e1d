package cloud.yun.identity.limit;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.limit.RegisteredLimit.Resource;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of registered limits and limits.
public final class LimitStore {
    private static final String REGISTERED = "id, service_id, region_id, resource_name, default_limit, description";
    private static final String LIMITS = """
            (SELECT l.id AS id, l.registered_limit_id AS registered_limit_id, l.project_id AS project_id,
                    l.domain_id AS domain_id, l.resource_limit AS resource_limit, l.description AS description,
                    r.service_id AS service_id, r.region_id AS region_id, r.resource_name AS resource_name
               FROM identity_limit l
               JOIN identity_registered_limit r ON r.id = l.registered_limit_id) AS limits
            """;
    private static final String LIMIT =
            "id, project_id, domain_id, resource_limit, description, service_id, region_id, resource_name";
    private static final String SAME = "service_id = ? AND COALESCE(region_id, '') = ? AND resource_name = ?";

    private final Tx tx;

    public LimitStore(Tx tx) {
        this.tx = tx;
    }

    private static Resource resource(Row r) throws SQLException {
        return new Resource(r.string("service_id"), r.optString("region_id"), r.string("resource_name"));
    }

    private static RegisteredLimit registered(Row r) throws SQLException {
        return new RegisteredLimit(r.string("id"), resource(r), r.integer("default_limit"), r.optString("description"));
    }

    private static Limit limit(Row r) throws SQLException {
        return new Limit(
                r.string("id"),
                resource(r),
                r.optString("project_id"),
                r.optString("domain_id"),
                r.integer("resource_limit"),
                r.optString("description"));
    }

    List<RegisteredLimit> listRegistered(Filters filters) {
        var columns = Map.of("service_id", "service_id", "region_id", "region_id", "resource_name", "resource_name");
        var select = filters.apply(Select.of(REGISTERED, "identity_registered_limit"), columns);
        return filters.page(tx, select).list(tx, LimitStore::registered);
    }

    Optional<RegisteredLimit> registered(String id) {
        return tx.first(
                "SELECT " + REGISTERED + " FROM identity_registered_limit WHERE id = ?", LimitStore::registered, id);
    }

    Optional<RegisteredLimit> registered(Resource what) {
        return tx.first(
                "SELECT " + REGISTERED + " FROM identity_registered_limit WHERE " + SAME,
                LimitStore::registered,
                what.serviceId(),
                what.regionId().orElse(""),
                what.name());
    }

    void insert(RegisteredLimit r) {
        tx.update(
                "INSERT INTO identity_registered_limit (" + REGISTERED + ") VALUES (?, ?, ?, ?, ?, ?)",
                r.id(),
                r.what().serviceId(),
                r.what().regionId(),
                r.what().name(),
                r.defaultLimit(),
                r.description());
    }

    void update(RegisteredLimit r) {
        tx.update(
                """
                UPDATE identity_registered_limit
                   SET service_id = ?, region_id = ?, resource_name = ?, default_limit = ?, description = ?
                 WHERE id = ?
                """,
                r.what().serviceId(),
                r.what().regionId(),
                r.what().name(),
                r.defaultLimit(),
                r.description(),
                r.id());
    }

    void deleteRegistered(String id) {
        tx.update("DELETE FROM identity_registered_limit WHERE id = ?", id);
    }

    /// @return whether any project or domain has a limit in place of this registered one
    boolean overridden(String registeredId) {
        return tx.exists("SELECT 1 FROM identity_limit WHERE registered_limit_id = ?", registeredId);
    }

    public boolean ofService(String serviceId) {
        return tx.exists("SELECT 1 FROM identity_registered_limit WHERE service_id = ?", serviceId);
    }

    public boolean ofRegion(String regionId) {
        return tx.exists("SELECT 1 FROM identity_registered_limit WHERE region_id = ?", regionId);
    }

    List<Limit> list(Filters filters) {
        var columns = Map.of(
                "service_id", "service_id",
                "region_id", "region_id",
                "resource_name", "resource_name",
                "project_id", "project_id",
                "domain_id", "domain_id");
        var select = filters.apply(Select.of(LIMIT, LIMITS), columns);
        return filters.page(tx, select).list(tx, LimitStore::limit);
    }

    public List<Limit> ofProject(String projectId) {
        return Select.of(LIMIT, LIMITS)
                .where("project_id = ?", projectId)
                .order(Select.Sort.asc("id"))
                .list(tx, LimitStore::limit);
    }

    Optional<Limit> find(String id) {
        return tx.first("SELECT " + LIMIT + " FROM " + LIMITS + " WHERE id = ?", LimitStore::limit, id);
    }

    /// @param ownerId a project or a domain
    Optional<Limit> of(String ownerId, Resource what) {
        return tx.first(
                "SELECT " + LIMIT + " FROM " + LIMITS + " WHERE (project_id = ? OR domain_id = ?) AND " + SAME,
                LimitStore::limit,
                ownerId,
                ownerId,
                what.serviceId(),
                what.regionId().orElse(""),
                what.name());
    }

    void insert(Limit l, String registeredId) {
        tx.update("""
                INSERT INTO identity_limit (id, registered_limit_id, project_id, domain_id, resource_limit, description)
                VALUES (?, ?, ?, ?, ?, ?)
                """, l.id(), registeredId, l.projectId(), l.domainId(), l.resourceLimit(), l.description());
    }

    void update(Limit l) {
        tx.update(
                "UPDATE identity_limit SET resource_limit = ?, description = ? WHERE id = ?",
                l.resourceLimit(),
                l.description(),
                l.id());
    }

    void delete(String id) {
        tx.update("DELETE FROM identity_limit WHERE id = ?", id);
    }
}
