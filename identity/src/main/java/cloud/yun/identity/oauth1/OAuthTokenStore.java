package cloud.yun.identity.oauth1;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// SQL of request tokens, access tokens and of the requests that were taken already.
public final class OAuthTokenStore {
    private static final String REQUEST =
            "id, consumer_id, secret, project_id, verifier, authorizing_user_id, role_ids, expires_at";
    private static final String ACCESS =
            "id, consumer_id, secret, project_id, authorizing_user_id, role_ids, expires_at";

    private final Tx tx;

    public OAuthTokenStore(Tx tx) {
        this.tx = tx;
    }

    private static List<String> roles(Row r) throws SQLException {
        return r.json("role_ids").valueStream().map(JsonNode::stringValue).toList();
    }

    private static RequestToken request(Row r) throws SQLException {
        return new RequestToken(
                r.string("id"),
                r.string("consumer_id"),
                r.string("secret"),
                r.string("project_id"),
                r.optString("verifier"),
                r.optString("authorizing_user_id"),
                roles(r),
                r.optInstant("expires_at"));
    }

    private static AccessToken access(Row r) throws SQLException {
        return new AccessToken(
                r.string("id"),
                r.string("consumer_id"),
                r.string("secret"),
                r.string("project_id"),
                r.string("authorizing_user_id"),
                roles(r),
                r.optInstant("expires_at"));
    }

    Optional<RequestToken> request(String id) {
        return tx.first(
                "SELECT " + REQUEST + " FROM identity_request_token WHERE id = ?", OAuthTokenStore::request, id);
    }

    void insert(RequestToken t) {
        tx.update(
                "INSERT INTO identity_request_token (" + REQUEST + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                t.id(),
                t.consumerId(),
                t.secret(),
                t.projectId(),
                t.verifier(),
                t.authorizingUserId(),
                Json.tree(t.roleIds()),
                t.expiresAt());
    }

    void authorize(String id, String userId, String verifier, List<String> roleIds) {
        tx.update(
                "UPDATE identity_request_token SET authorizing_user_id = ?, verifier = ?, role_ids = ? WHERE id = ?",
                userId,
                verifier,
                Json.tree(roleIds),
                id);
    }

    /// @return whether it was still there: it is good for one access token
    boolean use(RequestToken t) {
        return tx.update("DELETE FROM identity_request_token WHERE id = ?", t.id()) > 0;
    }

    Optional<AccessToken> access(String id) {
        return tx.first("SELECT " + ACCESS + " FROM identity_access_token WHERE id = ?", OAuthTokenStore::access, id);
    }

    List<AccessToken> accessOfUser(String userId) {
        return tx.query(
                "SELECT " + ACCESS + " FROM identity_access_token WHERE authorizing_user_id = ? ORDER BY id",
                OAuthTokenStore::access,
                userId);
    }

    void insert(AccessToken t) {
        tx.update(
                "INSERT INTO identity_access_token (" + ACCESS + ") VALUES (?, ?, ?, ?, ?, ?, ?)",
                t.id(),
                t.consumerId(),
                t.secret(),
                t.projectId(),
                t.authorizingUserId(),
                Json.tree(t.roleIds()),
                t.expiresAt());
    }

    void deleteAccess(String id) {
        tx.update("DELETE FROM identity_access_token WHERE id = ?", id);
    }

    public void deleteOfUser(String userId) {
        tx.update("DELETE FROM identity_access_token WHERE authorizing_user_id = ?", userId);
        tx.update("DELETE FROM identity_request_token WHERE authorizing_user_id = ?", userId);
    }

    public void deleteOfProject(String projectId) {
        tx.update("DELETE FROM identity_access_token WHERE project_id = ?", projectId);
        tx.update("DELETE FROM identity_request_token WHERE project_id = ?", projectId);
    }

    /// @return whether this request is seen for the first time
    boolean first(String consumerId, String token, String nonce, long stampSeconds) {
        return tx.update("""
                INSERT INTO identity_oauth_nonce (consumer_id, token, nonce, stamp)
                VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, consumerId, token, nonce, stampSeconds) > 0;
    }

    /// Forgets request tokens that have expired, and requests that are too old to be taken again.
    void purge(Instant now, long stampSecondsBefore) {
        tx.update("DELETE FROM identity_request_token WHERE expires_at < ?", now);
        tx.update("DELETE FROM identity_oauth_nonce WHERE stamp < ?", stampSecondsBefore);
    }
}
