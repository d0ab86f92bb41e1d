package cloud.yun.compute.api;

import java.net.InetAddress;
import java.util.ArrayList;

/// IPv6 addresses as text.
public final class Ipv6 {
    private Ipv6() {}

    /// @param text an IPv6 address in any form
    /// @return the form of RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`
    public static String canonical(String text) {
        var bytes = InetAddress.ofLiteral(text).getAddress();
        if (bytes.length == 4) return text; // an IPv4 address in IPv6's dress is one
        var groups = new ArrayList<Integer>();
        for (int i = 0; i < 16; i += 2) groups.add((bytes[i] & 255) << 8 | bytes[i + 1] & 255);
        int from = 0;
        int length = 0;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups.get(end) == 0) end++;
            if (end - i > length) {
                from = i;
                length = end - i;
            }
        }
        if (length < 2) return joined(groups.subList(0, 8));
        return joined(groups.subList(0, from)) + "::" + joined(groups.subList(from + length, 8));
    }

    private static String joined(java.util.List<Integer> groups) {
        return groups.stream().map(Integer::toHexString).collect(java.util.stream.Collectors.joining(":"));
    }
}
