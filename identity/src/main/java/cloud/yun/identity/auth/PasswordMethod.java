package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.user.PasswordCheck;
import cloud.yun.kernel.db.Database;
import tools.jackson.databind.node.ObjectNode;

/// `password`.
public final class PasswordMethod implements AuthMethod {
    private final Database db;
    private final PasswordCheck check;

    public PasswordMethod(Database db, PasswordCheck check) {
        this.db = db;
        this.check = check;
    }

    @Override
    public String name() {
        return "password";
    }

    @Override
    public Proven prove(ObjectNode given, Login login) {
        if (!(given.get("user") instanceof ObjectNode named)) throw Words.expecting("user", "password");
        var password = Fields.text(named, "password").orElseThrow(() -> Words.expecting("password", "user"));
        var user = db.read(tx -> new Named(tx).user(named));
        return Proven.of(check.login(user, password), name(), login.at());
    }
}
