package cloud.yun.identity.user;

import cloud.yun.identity.user.UserStore.Failures;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// Counts wrong proofs, keeps locked and disabled users out, and notes who came in.
public final class Lockout {
    private final Database db;
    private final SecurityCompliance compliance;
    private final Clock clock;

    public Lockout(Database db, SecurityCompliance compliance, Clock clock) {
        this.db = db;
        this.compliance = compliance;
        this.clock = clock;
    }

    /// @param named empty when there is no such user
    /// @param right whether the proof was; looked at in any case, so that a lock does not show in the time
    /// @throws Unauthorized the user may not come in; only one who proved to be the user is told why
    public User admit(Optional<User> named, boolean right) {
        if (named.isEmpty()) throw refused("no such user");
        var user = compliance.today(named.get(), clock.instant());
        boolean counting = compliance.failuresMax() > 0;
        // Read only now: others may have guessed wrong while this guess was looked at, and guessing at once is no way
        // around the lock.
        var failures = counting ? db.read(tx -> new UserStore(tx).failures(user.id())) : Failures.NONE;
        if (locked(user, failures)) throw refused("the account is locked");
        if (!right) {
            var now = clock.instant();
            if (counting) db.write(tx -> new UserStore(tx).failed(user.id(), lapsed(user, failures), now));
            throw refused("wrong password");
        }
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
        return failures.count() >= compliance.failuresMax()
                && !UserOptions.of(user).ignoresLockout();
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
