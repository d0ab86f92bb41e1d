package cloud.yun.identity.token;

import cloud.yun.identity.base.Words;
import cloud.yun.identity.credential.AppCredentialStore;
import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Forbidden;
import java.util.Optional;

/// What a token may not do because its holder acts for somebody: make more of what it came from.
///
/// Otherwise a delegation that ends, or that gives little, would be turned into one that lasts or gives more.
public final class DelegationBounds {
    private final Tokens tokens;
    private final Database db;

    public DelegationBounds(Tokens tokens, Database db) {
        this.tokens = tokens;
        this.db = db;
    }

    private Delegation of(Caller caller) {
        return caller.token()
                .flatMap(t -> tokens.validate(t.id()))
                .map(t -> t.payload().delegation())
                .orElse(Delegation.NONE);
    }

    /// @throws Forbidden the caller's token came by an application credential that is not unrestricted
    public void requireUnrestricted(Caller caller) {
        if (!(of(caller) instanceof Delegation.AppCredential credential)) return;
        boolean may = db.read(tx -> new AppCredentialStore(tx)
                .find(credential.id())
                .map(AppCredential::mayDelegate)
                .orElse(false));
        if (!may)
            throw Words.forbidden("Using method 'application_credential' is not allowed for managing additional"
                    + " application credentials.");
    }

    /// @throws Forbidden the caller's token came by an application credential, of whatever kind
    public void requireNoAppCredential(Caller caller) {
        if (of(caller) instanceof Delegation.AppCredential)
            throw Words.forbidden("Using method 'application_credential' is not allowed for managing trusts.");
    }

    /// @throws Forbidden the caller's token came by a trust or by OAuth
    public void requireNoTrust(Caller caller) {
        switch (of(caller)) {
            case Delegation.Trust _, Delegation.AccessToken _ -> throw Words.forbidden();
            case Delegation.None _, Delegation.AppCredential _, Delegation.Federation _, Delegation.Certificate _ -> {}
        }
    }

    /// @throws Forbidden the caller acts for somebody, or by an application credential
    public void requireOwn(Caller caller) {
        requireNoTrust(caller);
        if (of(caller) instanceof Delegation.AppCredential) throw Words.forbidden();
    }

    /// @return the trust that the caller's token came by
    /// @throws Forbidden it came by OAuth: only trusts can be passed on
    public Optional<String> redelegatedFrom(Caller caller) {
        return switch (of(caller)) {
            case Delegation.Trust trust -> Optional.of(trust.id());
            case Delegation.AccessToken _ -> throw Words.forbidden("Redelegation allowed for delegated by trust only");
            case Delegation.None _, Delegation.AppCredential _, Delegation.Federation _, Delegation.Certificate _ ->
                Optional.empty();
        };
    }
}
