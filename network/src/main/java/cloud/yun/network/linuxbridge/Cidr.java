package cloud.yun.network.linuxbridge;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// A block of addresses. Parsed strictly, and written anew, so that no stray text reaches a rule.
///
/// @param network the first address; host bits are cleared
record Cidr(boolean v4, BigInteger network, int prefix) {
    /// @param text `10.0.0.0/8`, `10.0.0.1`, `fd00::/64`
    /// @throws IllegalArgumentException it is none of these
    static Cidr of(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = InetAddress.ofLiteral(literal);
        // The JDK also takes "10.1" for 10.0.0.1, as inet_aton does.
        if (!literal.contains(":") && literal.chars().filter(c -> c == '.').count() != 3) {
            throw new IllegalArgumentException("not an address: " + text);
        }
        boolean v4 = address instanceof Inet4Address;
        int bits = v4 ? 32 : 128;
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > bits) throw new IllegalArgumentException("not a CIDR: " + text);
        var value = new BigInteger(1, address.getAddress());
        return new Cidr(v4, value.shiftRight(bits - prefix).shiftLeft(bits - prefix), prefix);
    }

    int bits() {
        return v4 ? 32 : 128;
    }

    boolean any() {
        return prefix == 0;
    }

    boolean contains(Cidr other) {
        return v4 == other.v4
                && prefix <= other.prefix
                && other.network.shiftRight(bits() - prefix).equals(network.shiftRight(bits() - prefix));
    }

    /// Drops what another one holds: nftables refuses sets of overlapping intervals.
    static List<Cidr> disjoint(Collection<Cidr> blocks) {
        var kept = new ArrayList<Cidr>();
        blocks.stream().sorted(Comparator.comparingInt(Cidr::prefix)).forEach(block -> {
            if (kept.stream().noneMatch(k -> k.contains(block))) kept.add(block);
        });
        kept.sort(Comparator.comparing(Cidr::v4).thenComparing(Cidr::network));
        return kept;
    }

    String address() {
        byte[] raw = network.toByteArray();
        var bytes = new byte[bits() / 8];
        for (int i = 0; i < Math.min(raw.length, bytes.length); i++) {
            bytes[bytes.length - 1 - i] = raw[raw.length - 1 - i];
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The netmask, `255.255.255.0`, of an IPv4 block.
    String netmask() {
        var mask = BigInteger.ONE.shiftLeft(prefix).subtract(BigInteger.ONE).shiftLeft(bits() - prefix);
        return new Cidr(v4, mask, bits()).address();
    }

    @Override
    public String toString() {
        return prefix == bits() ? address() : address() + "/" + prefix;
    }
}
