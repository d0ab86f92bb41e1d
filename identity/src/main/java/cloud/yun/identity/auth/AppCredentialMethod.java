package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.credential.AppCredentialStore;
import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `application_credential`: its id, or its name and user, and its secret.
public final class AppCredentialMethod implements AuthMethod {
    private final Database db;
    private final Passwords passwords;

    public AppCredentialMethod(Database db, Passwords passwords) {
        this.db = db;
        this.passwords = passwords;
    }

    @Override
    public String name() {
        return "application_credential";
    }

    @Override
    public Proven prove(ObjectNode given, Login login) {
        var secret = Fields.text(given, "secret").orElseThrow(() -> Words.expecting("secret", name()));
        var found = db.read(tx -> find(tx, given));
        boolean right = passwords.verify(
                "application_credential " + found.map(AppCredential::id).orElse(""),
                found.map(AppCredential::secretHash),
                secret);
        if (!right) throw Authentication.refused("no such application credential, or a wrong secret");
        var credential = found.orElseThrow();
        var user = db.read(tx -> new UserStore(tx).find(credential.userId()))
                .orElseThrow(() -> Authentication.refused("no such user"));
        var own = new Scope.Project(credential.projectId());
        return Proven.of(user, name(), login.at())
                .on(new Delegation.AppCredential(credential.id()), Optional.of(own), credential.expiresAt());
    }

    private Optional<AppCredential> find(Tx tx, ObjectNode given) {
        var store = new AppCredentialStore(tx);
        var id = Fields.text(given, "id");
        if (id.isPresent()) return store.find(id.get());
        var name = Fields.text(given, "name").orElseThrow(() -> Words.expecting("id or name", name()));
        if (!(given.get("user") instanceof ObjectNode named)) throw Words.expecting("user", name());
        return new Named(tx).user(named).flatMap(u -> store.byName(u.id(), name));
    }
}
