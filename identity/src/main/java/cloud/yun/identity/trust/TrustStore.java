package cloud.yun.identity.trust;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of trusts. A deleted trust is there for nobody but the purge.
public final class TrustStore {
    private static final String COLUMNS = "id, trustor_user_id, trustee_user_id, project_id, impersonation, expires_at,"
            + " remaining_uses, redelegated_trust_id, redelegation_count, extra";

    private final Tx tx;

    public TrustStore(Tx tx) {
        this.tx = tx;
    }

    private static Trust trust(Row r) throws SQLException {
        return new Trust(
                r.string("id"),
                r.string("trustor_user_id"),
                r.string("trustee_user_id"),
                r.optString("project_id"),
                r.bool("impersonation"),
                r.optInstant("expires_at"),
                r.optNumber("remaining_uses").map(Long::intValue),
                r.optString("redelegated_trust_id"),
                r.integer("redelegation_count"),
                Json.storedObject(r.string("extra")),
                List.of());
    }

    /// @return the trust, expired or used up or not, with its roles
    public Optional<Trust> find(String id) {
        return tx.first(
                        "SELECT " + COLUMNS + " FROM identity_trust WHERE id = ? AND deleted_at IS NULL",
                        TrustStore::trust,
                        id)
                .map(t -> t.with(roles(id)));
    }

    private List<String> roles(String id) {
        return tx.query(
                "SELECT role_id FROM identity_trust_role WHERE trust_id = ? ORDER BY role_id",
                r -> r.string("role_id"),
                id);
    }

    /// @return trusts without their roles
    List<Trust> list(Optional<String> trustorId, Optional<String> trusteeId) {
        return Select.of(COLUMNS, "identity_trust")
                .where("deleted_at IS NULL")
                .where("trustor_user_id = ?", trustorId)
                .where("trustee_user_id = ?", trusteeId)
                .order(Select.Sort.asc("id"))
                .list(tx, TrustStore::trust);
    }

    /// Whether there is one between the same two with the same end, which would say the same.
    boolean same(Trust t) {
        return t.expiresAt().isPresent()
                && tx.exists("""
                        SELECT 1
                          FROM identity_trust
                         WHERE trustor_user_id = ? AND trustee_user_id = ? AND project_id = ? AND impersonation = ?
                           AND expires_at = ? AND deleted_at IS NULL
                        """, t.trustorId(), t.trusteeId(), t.projectId(), t.impersonation(), t.expiresAt());
    }

    void insert(Trust t, Instant now) {
        tx.update(
                """
                INSERT INTO identity_trust (id, trustor_user_id, trustee_user_id, project_id, impersonation, expires_at,
                                            remaining_uses, redelegated_trust_id, redelegation_count, extra, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                t.id(),
                t.trustorId(),
                t.trusteeId(),
                t.projectId(),
                t.impersonation(),
                t.expiresAt(),
                t.remainingUses(),
                t.redelegatedFrom(),
                t.redelegationCount(),
                t.extra(),
                now);
        tx.batch(
                "INSERT INTO identity_trust_role (trust_id, role_id) VALUES (?, ?)",
                t.roleIds().stream().map(r -> new Object[] {t.id(), r}).toList());
    }

    /// @return whether the trust was good for one more token
    public boolean consume(String id) {
        return tx.update("""
                UPDATE identity_trust
                   SET remaining_uses = remaining_uses - 1
                 WHERE id = ? AND deleted_at IS NULL AND (remaining_uses IS NULL OR remaining_uses > 0)
                """, id) > 0;
    }

    /// Deletes the trust and those that were made by it.
    void delete(String id, Instant now) {
        for (var next : tx.query(
                "SELECT id FROM identity_trust WHERE redelegated_trust_id = ? AND deleted_at IS NULL",
                r -> r.string("id"),
                id)) delete(next, now);
        tx.update("UPDATE identity_trust SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL", now, id);
    }

    /// Nothing is kept: one of the two is gone.
    public void deleteOfUser(String userId) {
        tx.update("DELETE FROM identity_trust WHERE trustor_user_id = ? OR trustee_user_id = ?", userId, userId);
    }

    public void deleteOfProject(String projectId) {
        tx.update("DELETE FROM identity_trust WHERE project_id = ?", projectId);
    }

    /// Forgets what was deleted or ended before `before`.
    int purge(Instant before) {
        return tx.update("DELETE FROM identity_trust WHERE deleted_at < ? OR expires_at < ?", before, before);
    }
}
