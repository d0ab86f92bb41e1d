package cloud.yun.identity.user;

import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.user.UserStore.Password;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;

/// Is this the user's password, and may the user come in with it?
///
/// An unknown user, a wrong password and a locked account cost the same time and get the same answer.
public final class PasswordCheck {
    private final Database db;
    private final Passwords passwords;
    private final Lockout lockout;
    private final Clock clock;

    public PasswordCheck(Database db, Passwords passwords, Lockout lockout, Clock clock) {
        this.db = db;
        this.passwords = passwords;
        this.lockout = lockout;
        this.clock = clock;
    }

    /// @param who finds the user, if there is such a one
    /// @throws Unauthorized no; if the password was right, the message says what else is wrong
    public User login(Function<Tx, Optional<User>> who, String password) {
        var user = right(who, password);
        if (expired(user))
            throw new Unauthorized(
                    "The password is expired and needs to be changed for user: " + user.id() + ".", "expired password");
        return user;
    }

    /// As [#login], but an expired password will do: its user may still change it.
    User right(Function<Tx, Optional<User>> who, String password) {
        record Found(Optional<User> user, Optional<String> hash) {}
        var found = db.read(tx -> {
            var user = who.apply(tx);
            return new Found(
                    user, user.flatMap(u -> new UserStore(tx).password(u.id())).map(Password::hash));
        });
        var named = found.user();
        return lockout.admit(named, passwords.verify(named.map(User::id).orElse(""), found.hash(), password));
    }

    private boolean expired(User user) {
        return !UserOptions.of(user).ignoresExpiry()
                && user.passwordExpiresAt()
                        .map(end -> !clock.instant().isBefore(end))
                        .orElse(false);
    }
}
