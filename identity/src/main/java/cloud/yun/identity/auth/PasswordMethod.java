package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.user.PasswordCheck;
import tools.jackson.databind.node.ObjectNode;

/// `password`.
public final class PasswordMethod implements AuthMethod {
    private final PasswordCheck check;

    public PasswordMethod(PasswordCheck check) {
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
        return Proven.of(check.login(tx -> new Named(tx).user(named), password), name(), login.at());
    }
}
