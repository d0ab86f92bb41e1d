package cloud.yun.identity.endpointpolicy;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.endpointpolicy.PolicyDocument.Association;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of policies and their associations.
final class PolicyStore {
    private static final String COLUMNS = "id, type, blob, extra";
    private static final String SAME =
            "COALESCE(endpoint_id, '') = ? AND COALESCE(service_id, '') = ? AND COALESCE(region_id, '') = ?";

    private final Tx tx;

    PolicyStore(Tx tx) {
        this.tx = tx;
    }

    private static PolicyDocument policy(Row r) throws SQLException {
        return new PolicyDocument(
                r.string("id"), r.string("type"), r.string("blob"), Json.storedObject(r.string("extra")));
    }

    List<PolicyDocument> list(Filters filters) {
        var select = filters.apply(Select.of(COLUMNS, "identity_policy"), Map.of("type", "type"));
        return filters.page(tx, select).list(tx, PolicyStore::policy);
    }

    Optional<PolicyDocument> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_policy WHERE id = ?", PolicyStore::policy, id);
    }

    void insert(PolicyDocument p) {
        tx.update(
                "INSERT INTO identity_policy (" + COLUMNS + ") VALUES (?, ?, ?, ?)",
                p.id(),
                p.type(),
                p.blob(),
                p.extra());
    }

    void update(PolicyDocument p) {
        tx.update(
                "UPDATE identity_policy SET type = ?, blob = ?, extra = ? WHERE id = ?",
                p.type(),
                p.blob(),
                p.extra(),
                p.id());
    }

    void delete(String id) {
        tx.update("DELETE FROM identity_policy WHERE id = ?", id);
    }

    /// Takes the place of what was associated before.
    void associate(String policyId, Association a) {
        tx.update("DELETE FROM identity_policy_association WHERE " + SAME, key(a));
        tx.update("""
                INSERT INTO identity_policy_association (policy_id, endpoint_id, service_id, region_id)
                VALUES (?, ?, ?, ?)
                """, policyId, a.endpointId(), a.serviceId(), a.regionId());
    }

    private static Object[] key(Association a) {
        return new Object[] {
            a.endpointId().orElse(""), a.serviceId().orElse(""), a.regionId().orElse("")
        };
    }

    void dissociate(String policyId, Association a) {
        tx.update(
                "DELETE FROM identity_policy_association WHERE policy_id = ? AND " + SAME,
                policyId,
                a.endpointId().orElse(""),
                a.serviceId().orElse(""),
                a.regionId().orElse(""));
    }

    Optional<PolicyDocument> of(Association a) {
        return tx.first(
                "SELECT p.id AS id, p.type AS type, p.blob AS blob, p.extra AS extra FROM identity_policy p"
                        + " JOIN identity_policy_association a ON a.policy_id = p.id WHERE " + SAME,
                PolicyStore::policy,
                key(a));
    }

    List<Association> associations(String policyId) {
        return tx.query(
                """
                SELECT endpoint_id, service_id, region_id
                  FROM identity_policy_association
                 WHERE policy_id = ?
                 ORDER BY endpoint_id, service_id, region_id
                """,
                r -> new Association(r.optString("endpoint_id"), r.optString("service_id"), r.optString("region_id")),
                policyId);
    }
}
