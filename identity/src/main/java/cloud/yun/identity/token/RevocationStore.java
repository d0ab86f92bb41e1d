package cloud.yun.identity.token;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of revocations. A token that was issued before the moment of a revocation which matches it is refused.
public final class RevocationStore {
    private final Tx tx;

    public RevocationStore(Tx tx) {
        this.tx = tx;
    }

    /// Revokes one token.
    void token(String auditId, Instant now, Instant expiresAt) {
        insert(Optional.of(auditId), Optional.empty(), Optional.empty(), now, expiresAt);
    }

    /// Revokes all tokens of a user made so far: a new password, a disabled user.
    ///
    /// @param life how long a token lives at most; the revocation is forgotten after that
    public void user(String userId, Instant now, Duration life) {
        insert(Optional.empty(), Optional.of(userId), Optional.empty(), now, now.plus(life));
    }

    /// Revokes all tokens made so far that are scoped to a project or a domain.
    public void project(String projectId, Instant now, Duration life) {
        insert(Optional.empty(), Optional.empty(), Optional.of(projectId), now, now.plus(life));
    }

    private void insert(
            Optional<String> auditId,
            Optional<String> userId,
            Optional<String> projectId,
            Instant now,
            Instant expiresAt) {
        tx.update("""
                INSERT INTO identity_revocation (audit_id, user_id, project_id, issued_before, revoked_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """, auditId, userId, projectId, now, now, expiresAt.plusSeconds(2));
    }

    boolean revoked(TokenPayload token) {
        return tx.exists(
                """
                SELECT 1
                  FROM identity_revocation
                 WHERE (audit_id = ? OR audit_chain_id = ? OR user_id = ? OR project_id = ?)
                   AND issued_before > ?
                """,
                token.auditIds().getFirst(),
                token.chainId(),
                token.userId(),
                target(token.scope()),
                token.issuedAt());
    }

    /// Whether the tokens that a user's word stands behind are revoked, whoever bears them.
    public boolean userRevoked(String userId, Instant issuedAt) {
        return tx.exists("SELECT 1 FROM identity_revocation WHERE user_id = ? AND issued_before > ?", userId, issuedAt);
    }

    private static String target(Scope scope) {
        return switch (scope) {
            case Scope.Project p -> p.id();
            case Scope.Domain d -> d.id();
            case Scope.System _, Scope.Unscoped _ -> "";
        };
    }

    /// One row; what is set must match a token.
    public record Revocation(
            Optional<String> auditId,
            Optional<String> auditChainId,
            Optional<String> userId,
            Optional<String> projectId,
            Optional<String> domainId,
            Instant issuedBefore,
            Instant revokedAt) {}

    /// @param since only later ones
    List<Revocation> list(Optional<Instant> since) {
        return Select.of(
                        "audit_id, audit_chain_id, user_id, project_id, domain_id, issued_before, revoked_at",
                        "identity_revocation")
                .where("revoked_at > ?", since)
                .order(Select.Sort.asc("id"))
                .list(
                        tx,
                        r -> new Revocation(
                                r.optString("audit_id"),
                                r.optString("audit_chain_id"),
                                r.optString("user_id"),
                                r.optString("project_id"),
                                r.optString("domain_id"),
                                r.instant("issued_before"),
                                r.instant("revoked_at")));
    }

    int purge(Instant now) {
        return tx.update("DELETE FROM identity_revocation WHERE expires_at < ?", now);
    }
}
