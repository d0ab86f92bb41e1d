package cloud.yun.network.address;

import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A prefix. The address may have host bits: [#network] clears them.
public record Cidr(Ip ip, int length) {
    /// A bare address is a prefix of its full length.
    ///
    /// @return empty when `text` is not a prefix
    public static Optional<Cidr> parse(@Nullable String text) {
        if (text == null) return Optional.empty();
        int slash = text.indexOf('/');
        var ip = Ip.parse(slash < 0 ? text : text.substring(0, slash));
        if (ip.isEmpty()) return Optional.empty();
        if (slash < 0) return Optional.of(new Cidr(ip.get(), ip.get().bits()));
        var digits = text.substring(slash + 1);
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(Character::isDigit))
            return Optional.empty();
        int length = Integer.parseInt(digits);
        return length > ip.get().bits() ? Optional.empty() : Optional.of(new Cidr(ip.get(), length));
    }

    /// @throws IllegalArgumentException it is not a prefix: our own rows hold only such
    public static Cidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a prefix: " + text));
    }

    public int version() {
        return ip.version();
    }

    private int hostBits() {
        return ip.bits() - length;
    }

    public Cidr network() {
        return new Cidr(first(), length);
    }

    public Ip first() {
        return new Ip(ip.version(), ip.value().shiftRight(hostBits()).shiftLeft(hostBits()));
    }

    public Ip last() {
        return new Ip(ip.version(), first().value().add(size()).subtract(BigInteger.ONE));
    }

    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(hostBits());
    }

    public boolean contains(Ip other) {
        return other.version() == version() && other.compareTo(first()) >= 0 && other.compareTo(last()) <= 0;
    }

    public boolean contains(Cidr other) {
        return contains(other.first()) && contains(other.last());
    }

    public boolean overlaps(Cidr other) {
        return contains(other.first()) || other.contains(first());
    }

    /// Whether `other` can be an address of a host: not the network's or the broadcast address, which only IPv4
    /// with more than two addresses has (RFC 3021).
    public boolean host(Ip other) {
        if (!contains(other)) return false;
        if (version() == 6) return true;
        return length >= 31 || (!other.equals(first()) && !other.equals(last()));
    }

    @Override
    public String toString() {
        return ip + "/" + length;
    }
}
