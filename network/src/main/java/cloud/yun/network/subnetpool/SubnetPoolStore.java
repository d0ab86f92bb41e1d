package cloud.yun.network.subnetpool;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Standard;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// SQL of the table `subnet_pool`.
public final class SubnetPoolStore {
    private static final String COLUMNS = """
            id, project_id, name, ip_version, prefixes, default_prefixlen, min_prefixlen, max_prefixlen, default_quota,
            shared, is_default, address_scope_id,\s""" + Standard.COLUMNS;

    private final Tx tx;

    public SubnetPoolStore(Tx tx) {
        this.tx = tx;
    }

    public Optional<SubnetPool> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM subnet_pool WHERE id = ?", SubnetPoolStore::map, id);
    }

    /// As [#find], and nobody else cuts from it before this transaction ends.
    public Optional<SubnetPool> lock(String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM subnet_pool WHERE id = ?"
                        + tx.dialect().forUpdate(),
                SubnetPoolStore::map,
                id);
    }

    public Optional<SubnetPool> standard(int version) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM subnet_pool WHERE is_default = 1 AND ip_version = ?",
                SubnetPoolStore::map,
                version);
    }

    List<SubnetPool> list(ListQuery query, Optional<String> projectId) {
        var select = Select.of(COLUMNS, "subnet_pool");
        projectId.ifPresent(p -> select.where(
                "project_id = ? OR shared = 1 OR EXISTS (SELECT 1 FROM network_rbac b WHERE b.object_id = subnet_pool.id"
                        + " AND b.target_project IN ('*', ?))",
                p,
                p));
        return query.page(tx, select, SubnetPoolStore::map);
    }

    List<SubnetPool> ofScope(String scopeId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM subnet_pool WHERE address_scope_id = ?", SubnetPoolStore::map, scopeId);
    }

    void insert(SubnetPool p) {
        tx.update(
                """
                INSERT INTO subnet_pool (id, project_id, name, description, ip_version, prefixes, default_prefixlen,
                    min_prefixlen, max_prefixlen, default_quota, shared, is_default, address_scope_id, revision,
                    created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                p.id(),
                p.projectId(),
                p.name(),
                p.standard().description(),
                p.version(),
                prefixes(p),
                p.defaultLength(),
                p.minLength(),
                p.maxLength(),
                p.quota(),
                p.shared(),
                p.isDefault(),
                p.addressScopeId(),
                p.standard().revision(),
                p.standard().createdAt(),
                p.standard().updatedAt());
    }

    void update(SubnetPool p, Instant now) {
        tx.update(
                """
                UPDATE subnet_pool
                   SET name = ?, description = ?, prefixes = ?, default_prefixlen = ?, min_prefixlen = ?,
                       max_prefixlen = ?, default_quota = ?, is_default = ?, address_scope_id = ?,
                       revision = revision + 1, updated_at = ?
                 WHERE id = ?
                """,
                p.name(),
                p.standard().description(),
                prefixes(p),
                p.defaultLength(),
                p.minLength(),
                p.maxLength(),
                p.quota(),
                p.isDefault(),
                p.addressScopeId(),
                now,
                p.id());
    }

    void delete(String id) {
        tx.update("DELETE FROM subnet_pool WHERE id = ?", id);
    }

    private static String prefixes(SubnetPool p) {
        return Json.text(p.prefixes().stream().map(Cidr::toString).toList());
    }

    private static SubnetPool map(Row r) throws SQLException {
        var prefixes = new ArrayList<Cidr>();
        r.json("prefixes").forEach(p -> prefixes.add(Cidr.of(p.asString())));
        return new SubnetPool(
                r.string("id"),
                r.string("project_id"),
                r.string("name"),
                r.integer("ip_version"),
                prefixes,
                r.integer("default_prefixlen"),
                r.integer("min_prefixlen"),
                r.integer("max_prefixlen"),
                r.optNumber("default_quota"),
                r.bool("shared"),
                r.bool("is_default"),
                r.optString("address_scope_id"),
                Standard.of(r));
    }
}
