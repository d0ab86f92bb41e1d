package cloud.yun.compute.api;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// Times in queries: ISO 8601, UTC where no zone is named.
public final class QueryTimes {
    private QueryTimes() {}

    /// @throws Invalid it is no time
    public static Optional<Instant> of(Request request, String name) {
        return request.query(name).map(t -> parse(t, name));
    }

    private static Instant parse(String text, String name) {
        try {
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeParseException zoned) {
            try {
                return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
            } catch (DateTimeParseException e) {
                throw new Invalid("Invalid input for query parameters " + name + ". Value: " + text + ". '" + text
                        + "' is not a 'date-time'");
            }
        }
    }
}
