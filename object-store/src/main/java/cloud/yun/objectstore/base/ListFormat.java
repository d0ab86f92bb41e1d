package cloud.yun.objectstore.base;

import cloud.yun.kernel.error.CloudException.Refused;
import java.util.Locale;

/// In which form a client wants a list.
public enum ListFormat {
    PLAIN("text/plain; charset=utf-8"),
    JSON("application/json; charset=utf-8"),
    XML("application/xml; charset=utf-8");

    private final String contentType;

    ListFormat(String contentType) {
        this.contentType = contentType;
    }

    public String contentType() {
        return contentType;
    }

    /// `format=` decides, else `Accept`.
    ///
    /// @throws Refused 406, none of the accepted types is one of ours
    public static ListFormat of(Call call) {
        var asked = call.query("format");
        if (asked.isPresent())
            return switch (asked.get().toLowerCase(Locale.ROOT)) {
                case "json" -> JSON;
                case "xml" -> XML;
                default -> PLAIN;
            };
        var accept = call.header("accept").orElse("*/*").strip();
        if (accept.isEmpty()) return PLAIN;
        ListFormat best = PLAIN;
        double quality = 0;
        for (var range : accept.split(",")) {
            var parts = range.strip().split(";");
            double q = 1;
            for (int i = 1; i < parts.length; i++)
                if (parts[i].strip().startsWith("q="))
                    try {
                        q = Double.parseDouble(parts[i].strip().substring(2));
                    } catch (NumberFormatException e) {
                        throw new Refused(400, "Invalid Accept header");
                    }
            var type = parts[0].strip().toLowerCase(Locale.ROOT);
            if (!type.contains("/")) throw new Refused(400, "Invalid Accept header");
            ListFormat found = switch (type) {
                case "text/plain", "*/*", "text/*" -> PLAIN;
                case "application/json", "application/*" -> JSON;
                case "application/xml", "text/xml" -> XML;
                default -> null;
            };
            if (found != null && q > quality) {
                best = found;
                quality = q;
            }
        }
        if (quality == 0) throw new Refused(406, "");
        return best;
    }
}
