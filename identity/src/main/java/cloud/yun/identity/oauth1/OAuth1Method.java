package cloud.yun.identity.oauth1;

import cloud.yun.identity.auth.AuthMethod;
import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.auth.Login;
import cloud.yun.identity.auth.Proven;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `oauth1`: the request is signed with a consumer's secret and that of an access token.
public final class OAuth1Method implements AuthMethod {
    private final Database db;
    private final OAuthTokens tokens;

    public OAuth1Method(Database db, OAuthTokens tokens) {
        this.db = db;
        this.tokens = tokens;
    }

    @Override
    public String name() {
        return "oauth1";
    }

    @Override
    public Proven prove(ObjectNode given, Login login) {
        var token = tokens.login(SignedRequest.of(login.request(), ""));
        var user = db.read(tx -> new UserStore(tx).find(token.authorizingUserId()))
                .orElseThrow(() -> Authentication.refused("no such user"));
        return Proven.of(user, name(), login.at())
                .on(
                        new Delegation.AccessToken(token.id()),
                        Optional.of(new Scope.Project(token.projectId())),
                        token.expiresAt());
    }
}
