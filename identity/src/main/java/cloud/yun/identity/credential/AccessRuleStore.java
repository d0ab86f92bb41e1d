package cloud.yun.identity.credential;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of access rules.
public final class AccessRuleStore {
    private static final String COLUMNS = "id, service, path, method";

    private final Tx tx;

    public AccessRuleStore(Tx tx) {
        this.tx = tx;
    }

    private static AccessRule rule(Row r) throws SQLException {
        return new AccessRule(r.string("id"), r.string("service"), r.string("path"), r.string("method"));
    }

    Optional<AccessRule> find(String userId, String id) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM identity_access_rule WHERE id = ? AND user_id = ?",
                AccessRuleStore::rule,
                id,
                userId);
    }

    /// @return the user's rule that says the same
    Optional<AccessRule> same(String userId, AccessRule rule) {
        return tx.first(
                "SELECT " + COLUMNS
                        + " FROM identity_access_rule WHERE user_id = ? AND service = ? AND path = ? AND method = ?",
                AccessRuleStore::rule,
                userId,
                rule.service(),
                rule.path(),
                rule.method());
    }

    /// @param filters by `service`, `path` and `method`
    List<AccessRule> ofUser(String userId, Map<String, String> filters) {
        var select = Select.of(COLUMNS, "identity_access_rule").where("user_id = ?", userId);
        for (var column : List.of("service", "path", "method"))
            if (filters.containsKey(column)) select = select.where(column + " = ?", filters.get(column));
        return select.order(Select.Sort.asc("id")).list(tx, AccessRuleStore::rule);
    }

    List<AccessRule> ofCredential(String appCredentialId) {
        return tx.query("""
                SELECT r.id AS id, r.service AS service, r.path AS path, r.method AS method
                  FROM identity_access_rule r
                  JOIN identity_app_credential_access_rule x ON x.access_rule_id = r.id
                 WHERE x.app_credential_id = ?
                 ORDER BY r.id
                """, AccessRuleStore::rule, appCredentialId);
    }

    void insert(String userId, AccessRule rule) {
        tx.update(
                "INSERT INTO identity_access_rule (user_id, id, service, path, method) VALUES (?, ?, ?, ?, ?)",
                userId,
                rule.id(),
                rule.service(),
                rule.path(),
                rule.method());
    }

    boolean inUse(String id) {
        return tx.exists("SELECT 1 FROM identity_app_credential_access_rule WHERE access_rule_id = ?", id);
    }

    void delete(String id) {
        tx.update("DELETE FROM identity_access_rule WHERE id = ?", id);
    }

    /// After the user's application credentials are gone.
    void deleteOfUser(String userId) {
        tx.update("DELETE FROM identity_access_rule WHERE user_id = ?", userId);
    }
}
