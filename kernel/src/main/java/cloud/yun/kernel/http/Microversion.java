package cloud.yun.kernel.http;

import java.util.Optional;
import java.util.regex.Pattern;

/// `2.93`. Compared number by number: 2.9 is older than 2.10.
public record Microversion(int major, int minor) implements Comparable<Microversion> {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})\\.(0|[1-9]\\d{0,4})");

    public static Microversion of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
    }

    public static Optional<Microversion> parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) return Optional.empty();
        return Optional.of(new Microversion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
    }

    /// `request.version().atLeast("2.47")`.
    public boolean atLeast(String other) {
        return compareTo(of(other)) >= 0;
    }

    public boolean atLeast(int otherMinor) {
        return minor >= otherMinor;
    }

    @Override
    public int compareTo(Microversion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
