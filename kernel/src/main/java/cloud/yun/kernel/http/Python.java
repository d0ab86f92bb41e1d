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

    private static String quoted(String text) {
        var escaped = text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
        if (escaped.contains("'") && !escaped.contains("\"")) return "\"" + escaped + "\"";
        return "'" + escaped.replace("'", "\\'") + "'";
    }
}
