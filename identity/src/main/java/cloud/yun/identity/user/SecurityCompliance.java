package cloud.yun.identity.user;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// `[security_compliance]`: how long passwords and accounts hold, and what a password must look like. Zero and
/// empty mean off.
///
/// @param inactiveDaysMax a user who did not log in for so many days is disabled
/// @param failuresMax so many wrong passwords lock the account
/// @param lockout for how long; zero for good
/// @param regex what a new password must begin with a match of
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/configuration.html#security-compliance-and-pci-dss">
///     security compliance in Keystone</a>
public record SecurityCompliance(
        int inactiveDaysMax,
        int failuresMax,
        Duration lockout,
        int expiresDays,
        int uniqueLast,
        int ageDaysMin,
        Optional<Pattern> regex,
        String regexDescription,
        boolean changeUponFirstUse) {
    private static final String SECTION = "security_compliance";
    private static final Option<Integer> INACTIVE = Option.integer(
            SECTION,
            "disable_user_account_days_inactive",
            0,
            "A user who does not log in for so many days is disabled; 0 for never.");
    private static final Option<Integer> FAILURES = Option.integer(
            SECTION, "lockout_failure_attempts", 0, "So many wrong passwords lock the account; 0 for never.");
    private static final Option<Duration> LOCKOUT = Option.seconds(
            SECTION, "lockout_duration", 1_800, "Seconds that an account stays locked; 0 until it is enabled again.");
    private static final Option<Integer> EXPIRES =
            Option.integer(SECTION, "password_expires_days", 0, "Days that a new password is good for; 0 for always.");
    private static final Option<Integer> UNIQUE = Option.integer(
            SECTION,
            "unique_last_password_count",
            0,
            "A user's new password must differ from so many of its last ones; 0 for no such rule.");
    private static final Option<Integer> AGE = Option.integer(
            SECTION, "minimum_password_age", 0, "Days before users may change again a password that they set.");
    private static final Option<Optional<Pattern>> REGEX = new Option<>(
            SECTION,
            "password_regex",
            "",
            "Regular expression that a new password must match from its beginning.",
            SecurityCompliance::pattern);
    private static final Option<String> DESCRIPTION = Option.text(
            SECTION, "password_regex_description", "None", "What password_regex asks for, in words for users.");
    private static final Option<Boolean> FIRST_USE = Option.bool(
            SECTION,
            "change_password_upon_first_use",
            false,
            "Whether users must change a password that an administrator set before they can log in with it.");

    public static List<Option<?>> options() {
        return List.of(INACTIVE, FAILURES, LOCKOUT, EXPIRES, UNIQUE, AGE, REGEX, DESCRIPTION, FIRST_USE);
    }

    public static SecurityCompliance of(Config config) {
        return new SecurityCompliance(
                config.get(INACTIVE),
                config.get(FAILURES),
                config.get(LOCKOUT),
                config.get(EXPIRES),
                config.get(UNIQUE),
                config.get(AGE),
                config.get(REGEX),
                config.get(DESCRIPTION),
                config.get(FIRST_USE));
    }

    private static Optional<Pattern> pattern(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a regular expression: " + e.getDescription(), e);
        }
    }

    /// The user as it is today: disabled if it was away too long.
    User today(User user, Instant now) {
        if (inactiveDaysMax == 0 || !user.enabled() || user.seenAt().isEmpty()) return user;
        if (UserOptions.of(user).ignoresInactivity()) return user;
        long days = ChronoUnit.DAYS.between(day(user.seenAt().get()), day(now));
        return days >= inactiveDaysMax ? user.disabled() : user;
    }

    static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    /// When a password ends that is set now.
    ///
    /// @param byAdministrator not by the user itself
    Optional<Instant> expiry(UserOptions options, boolean byAdministrator, Instant now) {
        if (byAdministrator && changeUponFirstUse && !options.ignoresChangeUponFirstUse()) return Optional.of(now);
        if (expiresDays == 0 || options.ignoresExpiry()) return Optional.empty();
        return Optional.of(now.plus(expiresDays, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS));
    }

    /// @param count wrong passwords in a row
    /// @param last when the last one came
    boolean locked(UserOptions options, int count, Optional<Instant> last, Instant now) {
        if (failuresMax == 0 || count < failuresMax || options.ignoresLockout()) return false;
        return lockout.isZero()
                || last.map(at -> now.isBefore(at.plus(lockout))).orElse(false);
    }
}
