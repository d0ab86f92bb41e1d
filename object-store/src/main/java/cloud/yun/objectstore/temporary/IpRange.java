package cloud.yun.objectstore.temporary;

import cloud.yun.objectstore.base.Call;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Addresses from which a temporary URL may be used: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
final class IpRange {
    private IpRange() {}

    /// @return false when one of the two cannot be read
    static boolean contains(String range, Call call) {
        return call.request().remoteAddress().map(a -> contains(range, a)).orElse(false);
    }

    static boolean contains(String range, String address) {
        int slash = range.indexOf('/');
        var base = slash < 0 ? range : range.substring(0, slash);
        if (!base.matches("[0-9a-fA-F:.]+") || !address.matches("[0-9a-fA-F:.]+")) return false;
        try {
            var network = InetAddress.getByName(base).getAddress();
            var client = InetAddress.getByName(address).getAddress();
            if (network.length != client.length) return false;
            int bits = slash < 0 ? network.length * 8 : Integer.parseInt(range.substring(slash + 1));
            if (bits < 0 || bits > network.length * 8) return false;
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i % 8);
                if ((network[i / 8] & mask) != (client[i / 8] & mask)) return false;
            }
            return true;
        } catch (UnknownHostException | NumberFormatException e) {
            return false;
        }
    }
}
