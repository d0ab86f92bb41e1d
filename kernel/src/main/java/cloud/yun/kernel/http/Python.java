package cloud.yun.kernel.http;

import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// JSON values as Python prints them: OpenStack's messages quote them so, and clients' tests look for it.
public final class Python {
    private Python() {}

    /// `'text'`, `None`, `True`, `{'a': 1}`.
    public static String repr(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> quoted(value.stringValue());
            case NULL, MISSING -> "None";
            case BOOLEAN -> value.booleanValue() ? "True" : "False";
            case ARRAY -> value.valueStream().map(Python::repr).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT ->
                value.propertyStream()
                        .map(e -> quoted(e.getKey()) + ": " + repr(e.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case NUMBER, BINARY, POJO -> value.toString();
        };
    }

    /// As [#repr], but a string without its quotes.
    public static String str(JsonNode value) {
        return value.isString() ? value.stringValue() : repr(value);
    }

    /// As `pprint.pformat` with a width of 72: on one line if it fits, else one item a line; keys sorted.
    public static String pretty(JsonNode value) {
        var out = new StringBuilder();
        pretty(value, 0, 0, out);
        return out.toString();
    }

    private static final int WIDTH = 72;

    /// @param indent columns before the value
    /// @param allowance columns that closing brackets behind it need
    private static void pretty(JsonNode value, int indent, int allowance, StringBuilder out) {
        var flat = repr(sorted(value));
        if (flat.length() <= WIDTH - indent - allowance || value.isEmpty()) {
            out.append(flat);
            return;
        }
        var names = value.isObject()
                ? value.propertyNames().stream().sorted().toList()
                : java.util.Collections.<String>nCopies(value.size(), "");
        out.append(value.isObject() ? '{' : '[');
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) out.append(",\n").repeat(" ", indent + 1);
            var key = value.isObject() ? quoted(names.get(i)) + ": " : "";
            int after = i == names.size() - 1 ? allowance + 1 : 1;
            out.append(key);
            var item = value.isObject() ? value.path(names.get(i)) : value.path(i);
            pretty(item, indent + 1 + key.length(), after, out);
        }
        out.append(value.isObject() ? '}' : ']');
    }

    private static JsonNode sorted(JsonNode value) {
        if (value.isArray()) {
            var all = cloud.yun.kernel.json.Json.array();
            value.forEach(item -> all.add(sorted(item)));
            return all;
        }
        if (!value.isObject()) return value;
        var all = cloud.yun.kernel.json.Json.object();
        value.propertyNames().stream().sorted().forEach(name -> all.set(name, sorted(value.path(name))));
        return all;
    }

    private static String quoted(String text) {
        var escaped = text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
        if (escaped.contains("'") && !escaped.contains("\"")) return "\"" + escaped + "\"";
        return "'" + escaped.replace("'", "\\'") + "'";
    }
}
