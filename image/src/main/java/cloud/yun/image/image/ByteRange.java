package cloud.yun.image.image;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import java.util.regex.Pattern;

/// One range of bytes, both ends inside.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-range-requests">RFC 9110, 14</a>
record ByteRange(long first, long last) {
    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /// @throws Refused 416: outside of the data
    /// @throws Invalid no range of bytes, or several
    static ByteRange parse(String header, long size) {
        if (header.contains(","))
            throw new Invalid("Requests with multiple ranges are not supported in Glance. Please use a single range.");
        var matcher = FORM.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty()))
            throw new Invalid("Invalid Range header: " + header);
        if (matcher.group(1).isEmpty()) {
            long length = Long.parseLong(matcher.group(2));
            if (length == 0 || size == 0) throw outside(size);
            return new ByteRange(Math.max(0, size - length), size - 1);
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(matcher.group(2)));
        if (first >= size || last < first) throw outside(size);
        return new ByteRange(first, last);
    }

    private static Refused outside(long size) {
        return new Refused(
                416,
                "The Range requested is not available.<br /><br />\nInvalid start position in Range header. Start position"
                        + " MUST be in the inclusive range [0, " + (size - 1) + "].");
    }

    long length() {
        return last - first + 1;
    }
}
