package cloud.yun.network.address;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// MAC addresses, and the interface identifiers made of them.
public final class Macs {
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}");

    private Macs() {}

    /// @param base `[DEFAULT] base_mac`: the first three octets are kept, the fourth unless it is 00
    public static String random(String base) {
        var octets = base.split(":", -1);
        var random = ThreadLocalRandom.current();
        var text = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            boolean keep = i < 3 || (i == 3 && !octets[3].equals("00"));
            if (i > 0) text.append(':');
            text.append(keep ? octets[i] : "%02x".formatted(random.nextInt(256)));
        }
        return text.toString();
    }

    /// @return lower case with colons; empty when it is not a MAC address
    public static Optional<String> parse(String text) {
        if (!FORM.matcher(text).matches()) return Optional.empty();
        return Optional.of(text.toLowerCase(Locale.ROOT).replace('-', ':'));
    }

    /// The address that a host makes of its MAC address by SLAAC (RFC 4291, modified EUI-64).
    public static Ip eui64(Cidr prefix, String mac) {
        var octets = mac.split(":", -1);
        octets[0] = "%02x".formatted(Integer.parseInt(octets[0], 16) ^ 2);
        var id = new BigInteger(octets[0] + octets[1] + octets[2] + "fffe" + octets[3] + octets[4] + octets[5], 16);
        return prefix.first().plus(id);
    }
}
