package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.identity.user.UserStore.Password;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `password`.
public final class PasswordMethod implements AuthMethod {
    private final Database db;
    private final Passwords passwords;
    private final Clock clock;

    public PasswordMethod(Database db, Passwords passwords, Clock clock) {
        this.db = db;
        this.passwords = passwords;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "password";
    }

    @Override
    public Proven prove(ObjectNode given, Login login) {
        if (!(given.get("user") instanceof ObjectNode named)) throw Words.expecting("user", "password");
        var password = Fields.text(named, "password").orElseThrow(() -> Words.expecting("password", "user"));
        record Found(User user, Optional<Password> password) {}
        var found = db.read(tx -> new Named(tx).user(named).map(u -> new Found(u, new UserStore(tx).password(u.id()))));
        var hash = found.flatMap(Found::password).map(Password::hash);
        boolean right = passwords.verify(found.map(f -> f.user().id()).orElse(""), hash, password);
        if (!right) throw Authentication.refused(found.isEmpty() ? "no such user" : "wrong password");
        var user = found.orElseThrow().user();
        if (found.get()
                .password()
                .flatMap(Password::expiresAt)
                .map(end -> !clock.instant().isBefore(end))
                .orElse(false))
            throw new Unauthorized(
                    "The password is expired and needs to be changed for user: " + user.id() + ".", "expired password");
        return Proven.of(user, name(), login.at());
    }
}
