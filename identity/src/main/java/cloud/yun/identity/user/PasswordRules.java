package cloud.yun.identity.user;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// What a new password is held against, in Keystone's words.
final class PasswordRules {
    private PasswordRules() {}

    /// @throws Invalid it does not look as `password_regex` asks
    static void form(SecurityCompliance compliance, String password) {
        if (compliance.regex().map(r -> !r.matcher(password).lookingAt()).orElse(false))
            throw new Invalid("The password does not match the requirements: " + compliance.regexDescription() + ".");
    }

    /// @throws Invalid an administrator keeps the password as it is
    static void unlocked(UserOptions options) {
        if (options.locksPassword())
            throw new Invalid("You cannot change your password at this time due to password policy disallowing"
                    + " password changes. Please contact your administrator to reset your password.");
    }

    /// @param setAt when the user itself set the password in force
    /// @throws Invalid it is too young to be changed
    static void age(SecurityCompliance compliance, Instant setAt, Instant now) {
        var earliest = setAt.plus(compliance.ageDaysMin(), ChronoUnit.DAYS);
        if (!now.isBefore(earliest)) return;
        throw new Invalid("You cannot change your password at this time due to the minimum password age. Once you"
                + " change your password, it must be used for " + compliance.ageDaysMin()
                + " day(s) before it can be changed. Please try again in "
                + Duration.between(now, earliest).toDays()
                + " day(s) or contact your administrator to reset your password.");
    }

    static Invalid repeated(SecurityCompliance compliance) {
        return new Invalid("The new password cannot be identical to a previous password. The total number which"
                + " includes the new password must be unique is " + compliance.uniqueLast() + ".");
    }
}
