package cloud.yun.identity.credential;

import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.DelegationRule;
import cloud.yun.identity.token.OwnedRoles;
import cloud.yun.identity.token.TokenPayload;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// An application credential gives the roles it was made with, as far as its user still has them.
public final class AppCredentialRule implements DelegationRule<Delegation.AppCredential> {
    @Override
    public Class<Delegation.AppCredential> kind() {
        return Delegation.AppCredential.class;
    }

    @Override
    public Delegated read(Tx tx, Delegation.AppCredential delegation, TokenPayload payload, User bearer, Instant now) {
        var found = new AppCredentialStore(tx)
                .find(delegation.id())
                .filter(a -> a.userId().equals(bearer.id()))
                .orElseThrow(() -> refused("no such application credential"));
        if (found.expiresAt().map(at -> !now.isBefore(at)).orElse(false))
            throw refused("the application credential has expired");
        var roles = OwnedRoles.among(tx, bearer.id(), payload.scope(), found.roleIds());
        var only = found.accessRules().stream()
                .map(r -> new Caller.AccessRule(r.service(), r.path(), r.method()))
                .toList();
        return new Delegated(bearer, roles, only, token -> show(token, found));
    }

    private static void show(ObjectNode token, AppCredential a) {
        var shown = token.putObject("application_credential")
                .put("id", a.id())
                .put("name", a.name())
                .put("restricted", !a.mayDelegate());
        if (a.accessRules().isEmpty()) return;
        var rules = shown.putArray("access_rules");
        a.accessRules().forEach(r -> rules.add(r.view()));
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }
}
