package cloud.yun.network.address;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One address.
///
/// @param version 4 or 6
/// @param value as an unsigned number
public record Ip(int version, BigInteger value) implements Comparable<Ip> {
    /// @return 32 or 128
    public int bits() {
        return version == 4 ? 32 : 128;
    }

    /// @return empty when `text` is not an address literal
    public static Optional<Ip> parse(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 45 || text.indexOf('%') >= 0) return Optional.empty();
        boolean six = text.indexOf(':') >= 0;
        if (!six && !dotted(text)) return Optional.empty(); // ofLiteral also takes "10.1"
        try {
            var bytes = InetAddress.ofLiteral(text).getAddress();
            return Optional.of(new Ip(six ? 6 : bytes.length == 4 ? 4 : 6, new BigInteger(1, bytes)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean dotted(String text) {
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') dots++;
            else if (c < '0' || c > '9') return false;
        }
        return dots == 3;
    }

    /// @throws IllegalArgumentException it is not an address literal: our own rows hold only such
    public static Ip of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not an address: " + text));
    }

    public Ip plus(long n) {
        return new Ip(version, value.add(BigInteger.valueOf(n)));
    }

    public Ip plus(BigInteger n) {
        return new Ip(version, value.add(n));
    }

    @Override
    public int compareTo(Ip other) {
        return version != other.version ? Integer.compare(version, other.version) : value.compareTo(other.value);
    }

    /// Dotted, or RFC 5952.
    @Override
    public String toString() {
        if (version == 4) {
            int v = value.intValue();
            return (v >>> 24) + "." + (v >>> 16 & 255) + "." + (v >>> 8 & 255) + "." + (v & 255);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) groups[i] = value.shiftRight(16 * (7 - i)).intValue() & 0xffff;
        int from = -1;
        int length = 1; // a single zero is not shortened
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) end++;
            if (end - i > length) {
                from = i;
                length = end - i;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') text.append(':');
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
