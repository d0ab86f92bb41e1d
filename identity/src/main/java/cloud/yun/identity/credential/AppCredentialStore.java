package cloud.yun.identity.credential;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of application credentials.
public final class AppCredentialStore {
    /// @param unrestricted whether it may itself make application credentials and trusts; empty when nobody said
    /// @param roleIds the roles it gives, as they were chosen
    /// @param accessRules the only calls it may be used for; empty for no such limit
    public record AppCredential(
            String id,
            String userId,
            String projectId,
            String name,
            Optional<String> description,
            String secretHash,
            Optional<Boolean> unrestricted,
            Optional<Instant> expiresAt,
            List<String> roleIds,
            List<AccessRule> accessRules) {
        public boolean mayDelegate() {
            return unrestricted.orElse(false);
        }

        @Override
        public String toString() {
            return "AppCredential[" + id + "]";
        }
    }

    private static final String COLUMNS =
            "id, user_id, project_id, name, description, secret_hash, unrestricted, expires_at";

    private final Tx tx;

    public AppCredentialStore(Tx tx) {
        this.tx = tx;
    }

    private static AppCredential credential(Row r) throws SQLException {
        return new AppCredential(
                r.string("id"),
                r.string("user_id"),
                r.optString("project_id").orElse(""),
                r.string("name"),
                r.optString("description"),
                r.string("secret_hash"),
                r.optNumber("unrestricted").map(n -> n != 0),
                r.optInstant("expires_at"),
                List.of(),
                List.of());
    }

    private AppCredential whole(AppCredential a) {
        var roles = tx.query(
                "SELECT role_id FROM identity_app_credential_role WHERE app_credential_id = ? ORDER BY role_id",
                r -> r.string("role_id"),
                a.id());
        return new AppCredential(
                a.id(),
                a.userId(),
                a.projectId(),
                a.name(),
                a.description(),
                a.secretHash(),
                a.unrestricted(),
                a.expiresAt(),
                roles,
                new AccessRuleStore(tx).ofCredential(a.id()));
    }

    public Optional<AppCredential> find(String id) {
        return tx.first(
                        "SELECT " + COLUMNS + " FROM identity_app_credential WHERE id = ?",
                        AppCredentialStore::credential,
                        id)
                .map(this::whole);
    }

    public Optional<AppCredential> byName(String userId, String name) {
        return tx.first(
                        "SELECT " + COLUMNS + " FROM identity_app_credential WHERE user_id = ? AND name = ?",
                        AppCredentialStore::credential,
                        userId,
                        name)
                .map(this::whole);
    }

    public List<AppCredential> ofUser(String userId, Optional<String> name) {
        return tx
                .query(
                        "SELECT " + COLUMNS + " FROM identity_app_credential WHERE user_id = ? AND (name = ? OR ? = 0)"
                                + " ORDER BY id",
                        AppCredentialStore::credential,
                        userId,
                        name.orElse(""),
                        name.isPresent() ? 1 : 0)
                .stream()
                .map(this::whole)
                .toList();
    }

    public void insert(AppCredential a, Instant now) {
        tx.update(
                """
                INSERT INTO identity_app_credential (id, user_id, project_id, name, description, secret_hash,
                                                     unrestricted, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                a.id(),
                a.userId(),
                a.projectId(),
                a.name(),
                a.description(),
                a.secretHash(),
                a.unrestricted(),
                now,
                a.expiresAt());
        tx.batch(
                "INSERT INTO identity_app_credential_role (app_credential_id, role_id) VALUES (?, ?)",
                a.roleIds().stream().map(r -> new Object[] {a.id(), r}).toList());
        tx.batch(
                "INSERT INTO identity_app_credential_access_rule (app_credential_id, access_rule_id) VALUES (?, ?)",
                a.accessRules().stream().map(r -> new Object[] {a.id(), r.id()}).toList());
    }

    long count(String userId) {
        return tx.number("SELECT COUNT(*) AS n FROM identity_app_credential WHERE user_id = ?", userId);
    }

    public void delete(String id) {
        tx.update("DELETE FROM identity_app_credential WHERE id = ?", id);
    }

    /// With the access rules, which nothing uses then.
    public void deleteOfUser(String userId) {
        tx.update("DELETE FROM identity_app_credential WHERE user_id = ?", userId);
        new AccessRuleStore(tx).deleteOfUser(userId);
    }

    public void deleteOfProject(String projectId) {
        tx.update("DELETE FROM identity_app_credential WHERE project_id = ?", projectId);
    }

    /// A user who loses a role on a project loses the application credentials made with it there.
    public void deleteOfUserOnProject(String userId, String projectId) {
        tx.update("DELETE FROM identity_app_credential WHERE user_id = ? AND project_id = ?", userId, projectId);
    }
}
