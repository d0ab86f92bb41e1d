package cloud.yun.identity.user;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// SQL of users and passwords.
public final class UserStore {
    private static final String COLUMNS = "u.id AS id, u.domain_id AS domain_id, u.name AS name, u.enabled AS enabled,"
            + " u.default_project_id AS default_project_id, u.extra AS extra, u.options AS options,"
            + " u.password_expires_at AS password_expires_at,"
            + " COALESCE(u.last_active_at, u.created_at) AS seen_at";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM identity_user u";

    /// The password in force.
    ///
    /// @param hash in modular crypt format; a secret, never logged
    /// @param selfService the user set it, not an administrator
    public record Password(String hash, Instant createdAt, boolean selfService) {
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
                r.optInstant("password_expires_at"),
                r.optInstant("seen_at"));
    }

    public Optional<User> find(String id) {
        return tx.first(SELECT + " WHERE u.id = ?", UserStore::user, id);
    }

    public Optional<User> byName(String domainId, String name) {
        return tx.first(SELECT + " WHERE u.domain_id = ? AND u.name = ?", UserStore::user, domainId, name);
    }

    List<User> list(UserFilters filters) {
        // The ids of the page first, by an index; then only those rows are read whole.
        var select = filters.apply(tx, Select.of("id", "identity_user"));
        var ids = filters.common().page(tx, select, filters.order()).list(tx, r -> r.string("id"));
        if (ids.isEmpty()) return List.of();
        var found = new HashMap<String, User>();
        among(ids).forEach(u -> found.put(u.id(), u));
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
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

    /// @param filters marker and limit do not apply
    List<User> ofGroup(String groupId, UserFilters filters) {
        var ids = filters.apply(tx, Select.of("id", "identity_user"))
                .where("id IN (SELECT user_id FROM identity_group_member WHERE group_id = ?)", groupId)
                .order(Select.Sort.asc("id"))
                .list(tx, r -> r.string("id"));
        return ids.isEmpty() ? List.of() : among(ids);
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
        return passwords(userId, 1).stream().findFirst();
    }

    /// @return the password in force, then its predecessors from new to old; at most `count`
    List<Password> passwords(String userId, int count) {
        return tx.query(
                """
                SELECT password_hash, created_at, self_service
                  FROM identity_password
                 WHERE user_id = ?
                 ORDER BY id DESC
                 LIMIT ?
                """,
                r -> new Password(r.string("password_hash"), r.instant("created_at"), r.bool("self_service")),
                userId,
                count);
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
        tx.update("UPDATE identity_user SET password_expires_at = ? WHERE id = ?", expiresAt, userId);
    }

    /// The user can no longer come in by a password.
    void removePasswords(String userId) {
        tx.update("DELETE FROM identity_password WHERE user_id = ?", userId);
        tx.update("UPDATE identity_user SET password_expires_at = NULL WHERE id = ?", userId);
    }

    /// Wrong passwords in a row.
    record Failures(int count, Optional<Instant> lastAt) {
        static final Failures NONE = new Failures(0, Optional.empty());
    }

    Failures failures(String userId) {
        return tx.first(
                        "SELECT failed_auth_count, failed_auth_at FROM identity_user WHERE id = ?",
                        r -> new Failures(r.integer("failed_auth_count"), r.optInstant("failed_auth_at")),
                        userId)
                .orElse(Failures.NONE);
    }

    /// @param anew whether counting begins again with this one
    void failed(String userId, boolean anew, Instant now) {
        tx.update(
                "UPDATE identity_user SET failed_auth_count = "
                        + (anew ? "1" : "failed_auth_count + 1")
                        + ", failed_auth_at = ? WHERE id = ?",
                now,
                userId);
    }

    public void forgive(String userId) {
        tx.update("UPDATE identity_user SET failed_auth_count = 0, failed_auth_at = NULL WHERE id = ?", userId);
    }

    void seen(String userId, Instant now) {
        tx.update("UPDATE identity_user SET last_active_at = ? WHERE id = ?", now, userId);
    }
}
