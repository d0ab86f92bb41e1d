package cloud.yun.identity.federation.mapping;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The values that the remote part of a rule found, for `{0}`, `{1}` ... in the local part.
///
/// @param matches one entry per requirement that catches values, each with all its values
record DirectMaps(String mappingId, List<List<String>> matches) {
    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{([^{}]*)}|[{}]");

    /// A local text with its places filled, by the rules of Python's `str.format`. A place with one value becomes
    /// that value; one with several, or none, becomes a list as Python writes it.
    ///
    /// @throws Invalid a place has no value, or the braces do not fit
    String fill(String template) {
        var matcher = FIELD.matcher(template);
        var text = new StringBuilder();
        int at = 0;
        int next = 0;
        while (matcher.find()) {
            text.append(template, at, matcher.start());
            at = matcher.end();
            switch (matcher.group()) {
                case "{{" -> text.append('{');
                case "}}" -> text.append('}');
                case "{}" -> text.append(written(next++));
                default -> text.append(written(index(matcher.group(1), template)));
            }
        }
        return text.append(template, at, template.length()).toString();
    }

    private int index(@org.jspecify.annotations.Nullable String place, String template) {
        if (place == null || !place.matches("[0-9]{1,4}"))
            throw new Invalid("Mapping " + mappingId + " has a malformed place in " + template + ".");
        return Integer.parseInt(place);
    }

    private String written(int index) {
        var values = values(index);
        return values.size() == 1 ? values.getFirst() : Python.repr(Json.tree(values));
    }

    List<String> values(int index) {
        if (index >= matches.size())
            throw new Invalid("Local section in mapping " + mappingId
                    + " refers to a remote match that doesn't exist (e.g. {0} in a local section).");
        return matches.get(index);
    }

    /// The reverse of what [#fill] does to several values: the strings of a Python list, or the text itself if it is
    /// no such list.
    static List<String> list(String text) {
        var trimmed = text.strip();
        if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) return List.of(text);
        var inner = trimmed.substring(1, trimmed.length() - 1);
        var found = new ArrayList<String>();
        int i = 0;
        boolean wanted = true;
        while (i < inner.length()) {
            char c = inner.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (c == ',' && !wanted) {
                wanted = true;
                i++;
            } else if ((c == '\'' || c == '"') && wanted) {
                int end = end(inner, i);
                if (end < 0) return List.of(text);
                found.add(unescaped(inner.substring(i + 1, end)));
                wanted = false;
                i = end + 1;
            } else {
                return List.of(text);
            }
        }
        return found;
    }

    private static int end(String text, int quote) {
        for (int i = quote + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') i++;
            else if (text.charAt(i) == text.charAt(quote)) return i;
        }
        return -1;
    }

    private static String unescaped(String text) {
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case '\\', '\'', '"' -> out.append(escaped);
                default -> out.append('\\').append(escaped);
            }
        }
        return out.toString();
    }
}
