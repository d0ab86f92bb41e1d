package cloud.yun.identity.token;

import cloud.yun.kernel.db.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// SQL of revocations.
///
/// A token's time of issue has whole seconds. A revocation covers the whole second in which it happens; a token
/// made
/// later in that second bears the next one (see [#earliestIssue]), so that it is neither refused nor let through by
/// the rounding.
public final class RevocationStore {
    private final Tx tx;

    public RevocationStore(Tx tx) {
        this.tx = tx;
    }

    /// Revokes one token.
    void token(String auditId, Instant issuedAt, Instant now, Instant expiresAt) {
        insert(Optional.of(auditId), Optional.empty(), Optional.empty(), issuedAt.plusSeconds(1), now, expiresAt);
    }

    /// Revokes all tokens of a user made so far: a new password, a disabled user.
    ///
    /// @param life how long a token lives at most; the revocation is forgotten after that
    public void user(String userId, Instant now, Duration life) {
        insert(Optional.empty(), Optional.of(userId), Optional.empty(), next(now), now, now.plus(life));
    }

    /// Revokes all tokens made so far that are scoped to a project or a domain.
    public void project(String projectId, Instant now, Duration life) {
        insert(Optional.empty(), Optional.empty(), Optional.of(projectId), next(now), now, now.plus(life));
    }

    private static Instant next(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    private void insert(
            Optional<String> auditId,
            Optional<String> userId,
            Optional<String> projectId,
            Instant issuedBefore,
            Instant now,
            Instant expiresAt) {
        tx.update("""
                INSERT INTO identity_revocation (audit_id, user_id, project_id, issued_before, revoked_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """, auditId, userId, projectId, issuedBefore, now, expiresAt.plusSeconds(2));
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

    /// @return the earliest time that a new token may bear without being taken for a revoked one
    Instant earliestIssue(String userId, Scope scope, Instant now) {
        var floor = now.truncatedTo(ChronoUnit.SECONDS);
        return tx.first("""
                        SELECT MAX(issued_before) AS at
                          FROM identity_revocation
                         WHERE user_id = ? OR project_id = ?
                        """, r -> r.optInstant("at"), userId, target(scope))
                .flatMap(at -> at)
                .filter(at -> at.isAfter(floor))
                .orElse(floor);
    }

    private static String target(Scope scope) {
        return switch (scope) {
            case Scope.Project p -> p.id();
            case Scope.Domain d -> d.id();
            case Scope.System _, Scope.Unscoped _ -> "";
        };
    }

    int purge(Instant now) {
        return tx.update("DELETE FROM identity_revocation WHERE expires_at < ?", now);
    }
}
