package cloud.yun.identity.auth;

import java.time.Instant;

/// What a user's device shows.
public final class TotpForTests {
    private TotpForTests() {}

    public static String passcode(byte[] key, Instant now, int windowsBack) {
        return Totp.passcode(key, now, windowsBack);
    }
}
