package cloud.yun.host.libvirt;

/// Text for XML, in elements and in attributes with either quote.
final class Xml {
    private Xml() {}

    /// Escapes what XML reserves, and drops the control characters XML 1.0 cannot hold at all.
    static String escape(String text) {
        var out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&apos;");
                case '\t', '\n', '\r' -> out.append("&#").append(c).append(';');
                default -> {
                    boolean legal = c >= 0x20 && !(c >= 0xd800 && c <= 0xdfff) && c != 0xfffe && c != 0xffff;
                    if (legal) out.appendCodePoint(c);
                }
            }
        });
        return out.toString();
    }
}
