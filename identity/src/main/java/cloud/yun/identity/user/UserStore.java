package cloud.yun.identity.user;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of users and passwords.
public final class UserStore {
    private static final String PASSWORD =
            " LEFT JOIN identity_password p ON p.id = (SELECT MAX(x.id) FROM identity_password x WHERE x.user_id = u.id)";
    private static final String COLUMNS = "u.id AS id, u.domain_id AS domain_id, u.name AS name, u.enabled AS enabled,"
            + " u.default_project_id AS default_project_id, u.extra AS extra, u.options AS options,"
            + " p.expires_at AS password_expires_at";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM identity_user u" + PASSWORD;

    /// The password in force.
    ///
    /// @param hash in modular crypt format; a secret, never logged
    public record Password(String hash, Instant createdAt, Optional<Instant> expiresAt) {
        @Override
        public String toString() {
            return "Password[secret]";
        }
    }

    private final Tx tx;

    public UserStore(Tx tx) {
        this.tx = tx;
    }

    private static User user(Row r) throws SQLException {
        return new User(
                r.string("id"),
                r.string("domain_id"),
                r.string("name"),
                r.bool("enabled"),
                r.optString("default_project_id"),
                Json.storedObject(r.string("extra")),
                Json.storedObject(r.string("options")),
                r.optInstant("password_expires_at"));
    }

    public Optional<User> find(String id) {
        return tx.first(SELECT + " WHERE u.id = ?", UserStore::user, id);
    }

    public Optional<User> byName(String domainId, String name) {
        return tx.first(SELECT + " WHERE u.domain_id = ? AND u.name = ?", UserStore::user, domainId, name);
    }

    public List<User> list(Filters filters) {
        var columns = Map.of(
                "domain_id", "domain_id", "default_project_id", "default_project_id", "name", "name", "id", "id");
        // The ids of the page first, by an index; then only those rows are joined with their passwords.
        var ids = filters.page(tx, filters.apply(Select.of("id", "identity_user"), columns), "user")
                .list(tx, r -> r.string("id"));
        if (ids.isEmpty()) return List.of();
        return among(ids);
    }

    private List<User> among(List<String> ids) {
        var found = new java.util.ArrayList<User>(ids.size());
        for (int from = 0; from < ids.size(); from += 500) {
            var part = ids.subList(from, Math.min(ids.size(), from + 500));
            found.addAll(tx.query(
                    SELECT + " WHERE u.id IN (" + Tx.marks(part.size()) + ") ORDER BY u.id",
                    UserStore::user,
                    part.toArray()));
        }
        return found;
    }

    public List<User> ofGroup(String groupId) {
        return tx.query(
                SELECT + " JOIN identity_group_member m ON m.user_id = u.id WHERE m.group_id = ? ORDER BY u.id",
                UserStore::user,
                groupId);
    }

    public List<String> idsOfDomain(String domainId) {
        return tx.query("SELECT id FROM identity_user WHERE domain_id = ?", r -> r.string("id"), domainId);
    }

    public void insert(User user, Instant now) {
        tx.update(
                """
                INSERT INTO identity_user (id, domain_id, name, enabled, default_project_id, extra, options,
                                           created_at, failed_auth_count)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
                """,
                user.id(),
                user.domainId(),
                user.name(),
                user.enabled(),
                user.defaultProjectId(),
                user.extra(),
                user.options(),
                now);
    }

    public void update(User user) {
        tx.update("""
                UPDATE identity_user
                   SET name = ?, enabled = ?, default_project_id = ?, extra = ?, options = ?
                 WHERE id = ?
                """, user.name(), user.enabled(), user.defaultProjectId(), user.extra(), user.options(), user.id());
    }

    public void delete(String id) {
        tx.update("DELETE FROM identity_user WHERE id = ?", id);
    }

    public void forgetDefaultProject(String projectId) {
        tx.update("UPDATE identity_user SET default_project_id = NULL WHERE default_project_id = ?", projectId);
    }

    public Optional<Password> password(String userId) {
        return tx.first(
                """
                SELECT password_hash, created_at, expires_at
                  FROM identity_password
                 WHERE user_id = ?
                 ORDER BY id DESC
                 LIMIT 1
                """,
                r -> new Password(r.string("password_hash"), r.instant("created_at"), r.optInstant("expires_at")),
                userId);
    }

    /// The newest password is the one in force.
    ///
    /// @param selfService the user changed it, not an administrator
    /// @param history how many of the older ones are kept
    public void addPassword(
            String userId, String hash, boolean selfService, Instant now, Optional<Instant> expiresAt, int history) {
        tx.update("""
                INSERT INTO identity_password (user_id, password_hash, self_service, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?)
                """, userId, hash, selfService, now, expiresAt);
        tx.update("""
                DELETE FROM identity_password
                 WHERE user_id = ?
                   AND id NOT IN (SELECT id FROM identity_password WHERE user_id = ? ORDER BY id DESC LIMIT ?)
                """, userId, userId, history + 1);
    }
}
