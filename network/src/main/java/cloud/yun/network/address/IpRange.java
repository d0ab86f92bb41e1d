package cloud.yun.network.address;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Addresses from first to last, both included.
public record IpRange(Ip first, Ip last) {
    public BigInteger size() {
        return last.value().subtract(first.value()).add(BigInteger.ONE);
    }

    public boolean contains(Ip ip) {
        return ip.compareTo(first) >= 0 && ip.compareTo(last) <= 0;
    }

    public boolean overlaps(IpRange other) {
        return contains(other.first) || other.contains(first);
    }

    /// Everything of a prefix that hosts may have, without the gateway: Neutron's default allocation pools.
    public static List<IpRange> hostsOf(Cidr cidr, java.util.Optional<Ip> gateway) {
        var first = cidr.first();
        var last = cidr.last();
        if (cidr.version() == 4 && cidr.length() < 31) {
            first = first.plus(1);
            last = last.plus(-1);
        } else if (cidr.version() == 6 && cidr.length() < 127) {
            first = first.plus(1); // the subnet-router anycast address
        }
        var ranges = new ArrayList<IpRange>();
        if (gateway.isPresent() && new IpRange(first, last).contains(gateway.get())) {
            var gone = gateway.get();
            if (first.compareTo(gone) < 0) ranges.add(new IpRange(first, gone.plus(-1)));
            if (gone.compareTo(last) < 0) ranges.add(new IpRange(gone.plus(1), last));
        } else if (first.compareTo(last) <= 0) {
            ranges.add(new IpRange(first, last));
        }
        return ranges;
    }
}
