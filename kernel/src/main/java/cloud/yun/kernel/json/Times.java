package cloud.yun.kernel.json;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The ways in which OpenStack's services write an instant. All are UTC; clients compare the forms literally.
public final class Times {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private Times() {}

    /// `2026-11-20T06:29:50Z`: compute, image, network.
    public static String seconds(Instant time) {
        return SECONDS.format(time) + "Z";
    }

    /// `2026-11-20T06:29:50.000000Z`: identity's tokens.
    public static String micros(Instant time) {
        return MICROS.format(time) + "Z";
    }

    /// `2026-11-20T06:29:50.000000`: block storage, compute's services and actions.
    public static String microsWithoutZone(Instant time) {
        return MICROS.format(time);
    }

    /// `2026-11-20T06:29:50`.
    public static String secondsWithoutZone(Instant time) {
        return SECONDS.format(time);
    }
}
