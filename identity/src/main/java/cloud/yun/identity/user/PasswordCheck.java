package cloud.yun.identity.user;

import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.user.UserStore.Failures;
import cloud.yun.identity.user.UserStore.Password;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// Is this the user's password, and may the user come in with it?
///
/// An unknown user, a wrong password and a locked account cost the same time and get the same answer.
public final class PasswordCheck {
    private final Database db;
    private final Passwords passwords;
    private final SecurityCompliance compliance;
    private final Clock clock;

    public PasswordCheck(Database db, Passwords passwords, SecurityCompliance compliance, Clock clock) {
        this.db = db;
        this.passwords = passwords;
        this.compliance = compliance;
        this.clock = clock;
    }

    private record Known(Optional<Password> password, Failures failures) {}

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
        var known = named.map(u ->
                db.read(tx -> new Known(new UserStore(tx).password(u.id()), new UserStore(tx).failures(u.id()))));
        var hash = known.flatMap(Known::password).map(Password::hash);
        boolean right = passwords.verify(named.map(User::id).orElse(""), hash, password);
        if (named.isEmpty()) throw refused("no such user");
        var user = compliance.today(named.get(), clock.instant());
        var failures = known.orElseThrow().failures();
        if (locked(user, failures)) throw refused("the account is locked");
        if (!right) {
            var now = clock.instant();
            db.write(tx -> new UserStore(tx).failed(user.id(), lapsed(user, failures), now));
            throw refused("wrong password");
        }
        // Others may have guessed wrong while this guess was looked at: guessing at once is no way around the lock.
        if (compliance.failuresMax() > 0 && locked(user, db.read(tx -> new UserStore(tx).failures(user.id()))))
            throw refused("the account was locked meanwhile");
        if (!user.enabled())
            throw new Unauthorized("The account is disabled for user: " + user.id() + ".", "disabled user");
        seen(user, failures);
        return user;
    }

    private boolean locked(User user, Failures failures) {
        return compliance.locked(UserOptions.of(user), failures.count(), failures.lastAt(), clock.instant());
    }

    /// The lock was on and has run out: counting begins anew.
    private boolean lapsed(User user, Failures failures) {
        return compliance.failuresMax() > 0
                && failures.count() >= compliance.failuresMax()
                && !UserOptions.of(user).ignoresLockout();
    }

    private boolean expired(User user) {
        return !UserOptions.of(user).ignoresExpiry()
                && user.passwordExpiresAt()
                        .map(end -> !clock.instant().isBefore(end))
                        .orElse(false);
    }

    /// Written only when it changes something: most logins leave no trace in the database.
    private void seen(User user, Failures failures) {
        Instant now = clock.instant();
        boolean today = compliance.inactiveDaysMax() == 0
                || user.seenAt()
                        .map(at -> SecurityCompliance.day(at).equals(SecurityCompliance.day(now)))
                        .orElse(false);
        if (failures.count() == 0 && today) return;
        db.write(tx -> {
            if (failures.count() > 0) new UserStore(tx).forgive(user.id());
            if (!today) new UserStore(tx).seen(user.id(), now);
        });
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }
}
