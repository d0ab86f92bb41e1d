package cloud.yun.kernel.json;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The ways in which OpenStack's services write an instant. All are UTC; clients compare the forms literally.
public final class Times {
    /// Beyond four digits of a year; everything else is written digit by digit, since a page of servers has thousands.
    private static final DateTimeFormatter FAR =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private Times() {}

    /// `2026-11-20T06:29:50Z`: compute, image, network.
    public static String seconds(Instant time) {
        return digits(time).append('Z').toString();
    }

    /// `2026-11-20T06:29:50.000000Z`: identity's tokens.
    public static String micros(Instant time) {
        return fraction(time).append('Z').toString();
    }

    /// `2026-11-20T06:29:50.000000`: block storage, compute's services and actions.
    public static String microsWithoutZone(Instant time) {
        return fraction(time).toString();
    }

    /// `2026-11-20T06:29:50`.
    public static String secondsWithoutZone(Instant time) {
        return digits(time).toString();
    }

    private static StringBuilder fraction(Instant time) {
        var out = digits(time).append('.');
        int micros = time.getNano() / 1_000;
        for (int unit = 100_000; unit > 0; unit /= 10) out.append((char) ('0' + micros / unit % 10));
        return out;
    }

    private static StringBuilder digits(Instant time) {
        var t = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        var out = new StringBuilder(27);
        if (t.getYear() < 0 || t.getYear() > 9999) return out.append(FAR.format(time));
        two(out, t.getYear() / 100);
        two(out, t.getYear() % 100);
        two(out.append('-'), t.getMonthValue());
        two(out.append('-'), t.getDayOfMonth());
        two(out.append('T'), t.getHour());
        two(out.append(':'), t.getMinute());
        two(out.append(':'), t.getSecond());
        return out;
    }

    private static void two(StringBuilder out, int number) {
        out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
