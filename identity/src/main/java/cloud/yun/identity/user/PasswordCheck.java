package cloud.yun.identity.user;

import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.user.UserStore.Password;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.util.Optional;

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

    /// @param named empty when there is no such user
    /// @throws Unauthorized no; if the password was right, the message says what else is wrong
    public User login(Optional<User> named, String password) {
        var user = right(named, password);
        if (expired(user))
            throw new Unauthorized(
                    "The password is expired and needs to be changed for user: " + user.id() + ".", "expired password");
        return user;
    }

    /// As [#login], but an expired password will do: its user may still change it.
    User right(Optional<User> named, String password) {
        var hash = named.flatMap(u -> db.read(tx -> new UserStore(tx).password(u.id())))
                .map(Password::hash);
        return lockout.admit(named, passwords.verify(named.map(User::id).orElse(""), hash, password));
    }

    private boolean expired(User user) {
        return !UserOptions.of(user).ignoresExpiry()
                && user.passwordExpiresAt()
                        .map(end -> !clock.instant().isBefore(end))
                        .orElse(false);
    }
}
