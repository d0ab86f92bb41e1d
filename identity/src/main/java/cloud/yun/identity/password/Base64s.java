package cloud.yun.identity.password;

import java.security.SecureRandom;
import java.util.Base64;

/// The base64 of password hashes: without padding, and in some of them with `.` for `+`.
final class Base64s {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private Base64s() {}

    static byte[] random(int bytes) {
        var made = new byte[bytes];
        RANDOM.nextBytes(made);
        return made;
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    static String encodeWithDots(byte[] bytes) {
        return encode(bytes).replace('+', '.');
    }

    static byte[] decode(String text) {
        return Base64.getDecoder().decode(text.replace('.', '+'));
    }

    /// bcrypt's own order of letters.
    static String bcrypt(byte[] bytes) {
        var text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte b : bytes) {
            held = held << 8 | b & 0xff;
            bits += 8;
            while (bits >= 6) {
                bits -= 6;
                text.append(BCRYPT.charAt(held >> bits & 63));
            }
        }
        if (bits > 0) text.append(BCRYPT.charAt(held << 6 - bits & 63));
        return text.toString();
    }
}
