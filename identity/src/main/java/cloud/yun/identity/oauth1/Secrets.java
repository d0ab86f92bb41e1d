package cloud.yun.identity.oauth1;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Secrets of consumers and tokens.
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int VERIFIER_LENGTH = 8;

    private Secrets() {}

    /// @return 32 hex digits
    static String next() {
        var bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// @return letters and digits that a person can copy
    static String verifier() {
        var text = new StringBuilder();
        for (int i = 0; i < VERIFIER_LENGTH; i++) text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        return text.toString();
    }
}
