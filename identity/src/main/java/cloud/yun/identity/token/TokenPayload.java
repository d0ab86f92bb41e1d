package cloud.yun.identity.token;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a token of Keystone carries. Its bytes: `TokenFormat`.
///
/// @param methods how the user proved who they are, for example `password`
/// @param delegation what it rests on besides the user
/// @param issuedAt exact: the seconds are the time stamp of the Fernet token, the fraction is that of the expiry
///     in the payload, which Keystone leaves zero. So a token and a revocation in one second have an order.
/// @param expiresAt whole seconds
/// @param auditIds this token's id, and the id of the first token of its chain if it was made from another
public record TokenPayload(
        String userId,
        List<String> methods,
        Scope scope,
        Delegation delegation,
        Instant issuedAt,
        Instant expiresAt,
        List<String> auditIds) {
    /// The id that this token's chain began with.
    public String chainId() {
        return auditIds.getLast();
    }

    /// The application credential behind the token, if there is one.
    public Optional<String> appCredentialId() {
        return delegation instanceof Delegation.AppCredential a ? Optional.of(a.id()) : Optional.empty();
    }
}
