package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `token`: a token from a token, mostly for another scope. It ends when the first one does.
public final class TokenMethod implements AuthMethod {
    private final Database db;
    private final Tokens tokens;
    private final boolean rescope;

    /// @param rescope `[token] allow_rescope_scoped_token`
    public TokenMethod(Database db, Tokens tokens, boolean rescope) {
        this.db = db;
        this.tokens = tokens;
        this.rescope = rescope;
    }

    @Override
    public String name() {
        return "token";
    }

    /// @throws NotFound the token does not hold; Keystone answers 404 here, not 401
    /// @throws Forbidden what the token rests on, or its scope, does not let it make others
    @Override
    public Proven prove(ObjectNode given, Login login) {
        var id = Fields.text(given, "id").orElseThrow(() -> Words.expecting("id", "token"));
        var parent = tokens.validate(id).orElseThrow(() -> new NotFound(tokens.unknown(id)));
        var payload = parent.payload();
        boolean other = login.scope().has("project") || login.scope().has("domain");
        switch (payload.delegation()) {
            case Delegation.AccessToken _ ->
                throw forbidden("Using OAuth-scoped token to create another token. Create a new OAuth-scoped token"
                        + " instead");
            case Delegation.Trust _ ->
                throw forbidden("Using trust-scoped token to create another token. Create a new trust-scoped token"
                        + " instead");
            case Delegation.AppCredential _
            when login.scope().isObject() && !login.scope().isEmpty() ->
                throw forbidden("Using an application credential token to create a scoped token is not allowed.");
            default -> {}
        }
        if (payload.scope() instanceof Scope.System && other)
            throw forbidden("Using a system-scoped token to create a project-scoped or domain-scoped token is not"
                    + " allowed.");
        if (!rescope && !(payload.scope() instanceof Scope.Unscoped)) throw forbidden("rescope a scoped token");
        var user = db.read(tx -> new UserStore(tx).find(payload.userId()))
                .orElseThrow(() -> Authentication.refused("no such user"));
        var methods = new ArrayList<>(payload.methods());
        if (!methods.contains(name())) methods.add(name());
        return new Proven(
                user,
                methods,
                login.at(),
                Optional.of(payload.expiresAt()),
                Optional.of(payload.chainId()),
                payload.delegation(),
                payload.delegation() instanceof Delegation.AppCredential
                        ? Optional.of(payload.scope())
                        : Optional.empty());
    }

    private static Forbidden forbidden(String action) {
        return new Forbidden("You are not authorized to perform the requested action: " + action + ".");
    }
}
