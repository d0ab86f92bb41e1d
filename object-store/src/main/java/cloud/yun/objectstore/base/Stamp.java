package cloud.yun.objectstore.base;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/// A moment as Swift keeps it: in steps of ten microseconds. It is also the id of a version.
///
/// @param micros since 1970, a multiple of ten
public record Stamp(long micros) implements Comparable<Stamp> {
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HTTP = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    public static Stamp of(Instant time) {
        long micros = Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
        return new Stamp(micros / 10 * 10);
    }

    /// `1400000000.12345`.
    public String text() {
        return "%010d.%05d".formatted(micros / 1_000_000, micros % 1_000_000 / 10);
    }

    /// @return empty when it is not written as [#text] writes it
    public static Optional<Stamp> parse(String text) {
        if (!text.matches("\\d{1,11}(\\.\\d{1,10})?")) return Optional.empty();
        return Optional.of(new Stamp(new BigDecimal(text)
                        .setScale(5, RoundingMode.DOWN)
                        .movePointRight(5)
                        .longValueExact()
                * 10));
    }

    public Instant instant() {
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
    }

    /// `2014-05-13T16:53:20.123450`, as listings have it.
    public String iso() {
        return ISO.format(instant());
    }

    /// Rounded up, so that what was written in a second is never older than that second.
    public long secondsUp() {
        return Math.ceilDiv(micros, 1_000_000L);
    }

    public String http() {
        return HTTP.format(Instant.ofEpochSecond(secondsUp()));
    }

    /// @return seconds since 1970 of a date of HTTP in any of its three forms, or in ISO 8601; empty for anything else
    public static Optional<Long> httpSeconds(String text) {
        for (var form : new String[] {
            "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"
        })
            try {
                var format = DateTimeFormatter.ofPattern(form, Locale.ENGLISH);
                return Optional.of(LocalDateTime.parse(text.strip().replaceAll(" +", " "), format)
                        .toEpochSecond(ZoneOffset.UTC));
            } catch (DateTimeParseException e) {
                continue;
            }
        try {
            return Optional.of(ZonedDateTime.parse(text.strip()).toEpochSecond());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(Stamp other) {
        return Long.compare(micros, other.micros);
    }
}
