package cloud.yun.identity.oauth1;

import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.DelegationRule;
import cloud.yun.identity.token.OwnedRoles;
import cloud.yun.identity.token.TokenPayload;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Instant;

/// A token by OAuth gives the roles that the user authorised, as far as the user still has them.
public final class AccessTokenRule implements DelegationRule<Delegation.AccessToken> {
    @Override
    public Class<Delegation.AccessToken> kind() {
        return Delegation.AccessToken.class;
    }

    @Override
    public Delegated read(Tx tx, Delegation.AccessToken delegation, TokenPayload payload, User bearer, Instant now) {
        var found = new OAuthTokenStore(tx)
                .access(delegation.id())
                .filter(t -> t.authorizingUserId().equals(bearer.id()))
                .orElseThrow(() ->
                        new Unauthorized("The request you have made requires authentication.", "no such access token"));
        var roles = OwnedRoles.among(tx, bearer.id(), payload.scope(), found.roleIds());
        return new Delegated(
                bearer,
                roles,
                token -> token.putObject("OS-OAUTH1")
                        .put("access_token_id", found.id())
                        .put("consumer_id", found.consumerId()));
    }
}
