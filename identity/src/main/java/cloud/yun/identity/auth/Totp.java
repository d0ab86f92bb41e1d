package cloud.yun.identity.auth;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// One-time passwords of six digits, a new one every 30 seconds.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc6238">RFC 6238</a>
final class Totp {
    private static final int PERIOD_SECONDS = 30;
    private static final int MODULUS = 1_000_000;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Totp() {}

    /// @param windowsBack 0 for the password of now
    static String passcode(byte[] key, Instant now, int windowsBack) {
        long counter = Math.floorDiv(now.getEpochSecond(), PERIOD_SECONDS) - windowsBack;
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "HmacSHA1"));
            var digest = mac.doFinal(ByteBuffer.allocate(8).putLong(counter).array());
            int at = digest[digest.length - 1] & 0xf;
            int number = ByteBuffer.wrap(digest, at, 4).getInt() & 0x7fffffff;
            return "%06d".formatted(number % MODULUS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param secret base32 (RFC 4648), with padding or without
    /// @return empty when it is none
    static Optional<byte[]> key(String secret) {
        var out = new ByteArrayOutputStream();
        int held = 0;
        int bits = 0;
        for (char letter : secret.replaceAll("=+$", "").toUpperCase(Locale.ROOT).toCharArray()) {
            int value = BASE32.indexOf(letter);
            if (value < 0) return Optional.empty();
            held = (held << 5 | value) & 0xfff;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            out.write(held >> bits);
        }
        return out.size() == 0 ? Optional.empty() : Optional.of(out.toByteArray());
    }
}
