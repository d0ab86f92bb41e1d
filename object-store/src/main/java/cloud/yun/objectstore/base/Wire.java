package cloud.yun.objectstore.base;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Texts between the wire and the house. HTTP's headers are bytes; Swift's clients put UTF-8 into them.
public final class Wire {
    private Wire() {}

    /// @param header as it arrived, one character for each byte
    public static String decode(String header) {
        for (int i = 0; i < header.length(); i++)
            if (header.charAt(i) > 127)
                return new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return header;
    }

    /// @return one character for each byte of the text in UTF-8
    public static String encode(String text) {
        for (int i = 0; i < text.length(); i++)
            if (text.charAt(i) > 127)
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return text;
    }

    /// Percent-encoded, slashes kept: a path in a header or a link.
    public static String quote(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/")
                .replace("%7E", "~")
                .replace("*", "%2A");
    }

    /// @throws IllegalArgumentException it is not well encoded
    public static String unquote(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    public static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /// The order of listings: by the bytes of UTF-8, as the databases have it.
    public static int compare(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    /// What Python's and Swift's configuration call true.
    public static boolean truth(String text) {
        return switch (text.strip().toLowerCase(java.util.Locale.ROOT)) {
            case "true", "1", "yes", "on", "t", "y" -> true;
            default -> false;
        };
    }

    public static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
