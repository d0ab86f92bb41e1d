package cloud.yun.identity.base;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// The `expires_at` of what a user makes: an ISO 8601 time, UTC when no zone is named, and not past.
public final class Expiry {
    private static final String MALFORMED =
            " The server could not comply with the request since it is either malformed or otherwise incorrect. The"
                    + " client is assumed to be in error.";

    private Expiry() {}

    /// @throws Invalid no time, or before `now`
    public static Instant parse(String text, Instant now) {
        Instant at;
        try {
            at = instant(text);
        } catch (DateTimeException e) {
            throw new Invalid("Timestamp not in expected format." + MALFORMED);
        }
        if (at.isBefore(now)) throw new Invalid("The 'expires_at' must not be before now." + MALFORMED);
        return at;
    }

    /// @throws DateTimeException no time
    public static Instant instant(String given) {
        var text = given.strip().replace(' ', 'T');
        if (!text.contains("T"))
            return LocalDate.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
        boolean zoned = text.endsWith("Z") || text.matches(".*[+-]\\d\\d:?\\d\\d$");
        return zoned
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }
}
