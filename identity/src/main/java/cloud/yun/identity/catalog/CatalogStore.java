package cloud.yun.identity.catalog;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// SQL of services, endpoints and regions.
public final class CatalogStore {
    /// @param extra `name`, `description` and whatever else clients added
    public record Service(String id, String type, boolean enabled, ObjectNode extra) {
        public String name() {
            return extra.path("name").asString("");
        }
    }

    /// @param endpointInterface `public`, `internal` or `admin`
    /// @param url with `$(project_id)s` and the like still in it
    public record Endpoint(
            String id,
            String serviceId,
            String endpointInterface,
            Optional<String> regionId,
            String url,
            boolean enabled,
            ObjectNode extra) {}

    public record Region(String id, String description, Optional<String> parentId, ObjectNode extra) {}

    private final Tx tx;

    public CatalogStore(Tx tx) {
        this.tx = tx;
    }

    private static Service service(Row r) throws SQLException {
        return new Service(r.string("id"), r.string("type"), r.bool("enabled"), Json.storedObject(r.string("extra")));
    }

    private static Endpoint endpoint(Row r) throws SQLException {
        return new Endpoint(
                r.string("id"),
                r.string("service_id"),
                r.string("interface"),
                r.optString("region_id"),
                r.string("url"),
                r.bool("enabled"),
                Json.storedObject(r.string("extra")));
    }

    private static Region region(Row r) throws SQLException {
        return new Region(
                r.string("id"),
                r.string("description"),
                r.optString("parent_region_id"),
                Json.storedObject(r.string("extra")));
    }

    private static final String SERVICE = "id, type, enabled, extra";
    private static final String ENDPOINT = "id, service_id, interface, region_id, url, enabled, extra";
    private static final String REGION = "id, description, parent_region_id, extra";

    public List<Service> services(Optional<String> type) {
        return Select.of(SERVICE, "identity_service")
                .where("type = ?", type)
                .order(Select.Sort.asc("id"))
                .list(tx, CatalogStore::service);
    }

    public Optional<Service> service(String id) {
        return tx.first("SELECT " + SERVICE + " FROM identity_service WHERE id = ?", CatalogStore::service, id);
    }

    public void insert(Service service) {
        tx.update(
                "INSERT INTO identity_service (id, type, enabled, extra) VALUES (?, ?, ?, ?)",
                service.id(),
                service.type(),
                service.enabled(),
                service.extra());
    }

    public void update(Service service) {
        tx.update(
                "UPDATE identity_service SET type = ?, enabled = ?, extra = ? WHERE id = ?",
                service.type(),
                service.enabled(),
                service.extra(),
                service.id());
    }

    public void deleteService(String id) {
        tx.update("DELETE FROM identity_service WHERE id = ?", id);
    }

    /// @param filters `service_id`, `interface`, `region_id`
    public List<Endpoint> endpoints(Filters filters) {
        var columns = Map.of(
                "service_id", "service_id", "interface", "interface", "region_id", "region_id", "enabled", "enabled");
        return filters.apply(Select.of(ENDPOINT, "identity_endpoint"), columns)
                .order(Select.Sort.asc("id"))
                .list(tx, CatalogStore::endpoint);
    }

    public Optional<Endpoint> endpoint(String id) {
        return tx.first("SELECT " + ENDPOINT + " FROM identity_endpoint WHERE id = ?", CatalogStore::endpoint, id);
    }

    public void insert(Endpoint e) {
        tx.update(
                "INSERT INTO identity_endpoint (" + ENDPOINT + ") VALUES (?, ?, ?, ?, ?, ?, ?)",
                e.id(),
                e.serviceId(),
                e.endpointInterface(),
                e.regionId(),
                e.url(),
                e.enabled(),
                e.extra());
    }

    public void update(Endpoint e) {
        tx.update("""
                UPDATE identity_endpoint
                   SET service_id = ?, interface = ?, region_id = ?, url = ?, enabled = ?, extra = ?
                 WHERE id = ?
                """, e.serviceId(), e.endpointInterface(), e.regionId(), e.url(), e.enabled(), e.extra(), e.id());
    }

    public void deleteEndpoint(String id) {
        tx.update("DELETE FROM identity_endpoint WHERE id = ?", id);
    }

    public boolean regionInUse(String regionId) {
        return tx.exists("SELECT 1 FROM identity_endpoint WHERE region_id = ?", regionId);
    }

    public List<Region> regions(Optional<String> parentId) {
        return Select.of(REGION, "identity_region")
                .where("parent_region_id = ?", parentId)
                .order(Select.Sort.asc("id"))
                .list(tx, CatalogStore::region);
    }

    public Optional<Region> region(String id) {
        return tx.first("SELECT " + REGION + " FROM identity_region WHERE id = ?", CatalogStore::region, id);
    }

    public void insert(Region region) {
        tx.update(
                "INSERT INTO identity_region (" + REGION + ") VALUES (?, ?, ?, ?)",
                region.id(),
                region.description(),
                region.parentId(),
                region.extra());
    }

    public void update(Region region) {
        tx.update(
                "UPDATE identity_region SET description = ?, parent_region_id = ?, extra = ? WHERE id = ?",
                region.description(),
                region.parentId(),
                region.extra(),
                region.id());
    }

    public void deleteRegion(String id) {
        tx.update("DELETE FROM identity_region WHERE id = ?", id);
    }
}
