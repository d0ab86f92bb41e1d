package cloud.yun.network.api;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.Ip;
import cloud.yun.network.address.Macs;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/// Checks and conversions of attribute values, worded as neutron-lib words them.
public final class Values {
    /// Returns the value in the form in which it is stored.
    @FunctionalInterface
    public interface Check {
        /// @throws Invalid the value cannot be used
        JsonNode apply(String attribute, JsonNode value);
    }

    private static final Pattern UUID_FORM =
            Pattern.compile("[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}");

    private Values() {}

    public static Invalid invalid(String attribute, String reason) {
        return new Invalid("Invalid input for " + attribute + ". Reason: " + reason, "HTTPBadRequest");
    }

    public static Invalid operation(String message) {
        return new Invalid("Invalid input for operation: " + message, "InvalidInput");
    }

    public static Check any() {
        return (_, value) -> value;
    }

    public static Check text(int max) {
        return (name, value) -> {
            if (!value.isString()) throw invalid(name, "'" + Python.str(value) + "' is not a valid string.");
            if (value.stringValue().length() > max)
                throw invalid(name, "'" + value.stringValue() + "' exceeds maximum length of " + max + ".");
            return value;
        };
    }

    public static Check notEmpty(int max) {
        var text = text(max);
        return (name, value) -> {
            text.apply(name, value);
            if (value.stringValue().isBlank())
                throw invalid(name, "'" + value.stringValue() + "' Blank strings are not permitted.");
            return value;
        };
    }

    public static Check orNull(Check check) {
        return (name, value) -> value.isNull() ? value : check.apply(name, value);
    }

    public static Check bool() {
        return (_, value) -> {
            if (value.isBoolean()) return value;
            var text = Python.str(value).toLowerCase(Locale.ROOT);
            if (text.equals("true") || text.equals("1")) return BooleanNode.TRUE;
            if (text.equals("false") || text.equals("0")) return BooleanNode.FALSE;
            throw operation("'" + Python.str(value) + "' cannot be converted to boolean.");
        };
    }

    public static Check integer(long min, long max) {
        return (name, value) -> {
            long n;
            try {
                if (value.isBoolean()) throw new NumberFormatException();
                n = Long.parseLong(Python.str(value));
            } catch (NumberFormatException e) {
                throw operation("'" + Python.str(value) + "' is not an integer.");
            }
            if (n < min) throw invalid(name, "'" + n + "' is too small - must be at least '" + min + "'.");
            if (n > max) throw invalid(name, "'" + n + "' is too large - must be no larger than '" + max + "'.");
            return n == (int) n ? IntNode.valueOf((int) n) : tools.jackson.databind.node.LongNode.valueOf(n);
        };
    }

    public static Check oneOf(List<String> allowed) {
        return (name, value) -> {
            if (value.isString() && allowed.contains(value.stringValue())) return value;
            throw invalid(name, Python.str(value) + " is not in valid_values.");
        };
    }

    public static Check oneOf(int... allowed) {
        return (name, value) -> {
            var n = integer(Long.MIN_VALUE, Long.MAX_VALUE).apply(name, value);
            for (int a : allowed) if (n.longValue() == a) return n;
            throw invalid(name, Python.str(value) + " is not in valid_values.");
        };
    }

    public static Check uuid() {
        return (name, value) -> {
            if (value.isString() && UUID_FORM.matcher(value.stringValue()).matches()) return value;
            throw invalid(name, "'" + Python.str(value) + "' is not a valid UUID.");
        };
    }

    public static Check mac() {
        return (name, value) -> Macs.parse(Python.str(value))
                .<JsonNode>map(StringNode::valueOf)
                .orElseThrow(() -> invalid(name, "'" + Python.str(value) + "' is not a valid MAC address."));
    }

    public static Check ip() {
        return (name, value) -> Ip.parse(Python.str(value))
                .<JsonNode>map(i -> StringNode.valueOf(i.toString()))
                .orElseThrow(() -> invalid(name, "'" + Python.str(value) + "' is not a valid IP address."));
    }

    /// A prefix without host bits.
    public static Check subnet() {
        return (name, value) -> {
            var text = Python.str(value);
            var cidr = Cidr.parse(text).orElseThrow(() -> operation(text + " is not in a CIDR format."));
            if (!text.contains("/") || !cidr.network().equals(cidr))
                throw invalid(
                        name,
                        "'" + text + "' isn't a recognized IP subnet cidr, '" + cidr.network() + "' is recommended.");
            return StringNode.valueOf(cidr.toString());
        };
    }

    /// A list, each of whose elements passes `element`.
    public static Check list(Check element) {
        return (name, value) -> {
            if (value.isNull()) return Json.array();
            if (!value.isArray()) throw invalid(name, "'" + Python.str(value) + "' is not a list.");
            var converted = Json.array();
            for (var v : value) converted.add(element.apply(name, v));
            return converted;
        };
    }

    /// As [#list], without duplicates.
    public static Check set(Check element) {
        var list = list(element);
        return (name, value) -> {
            var converted = list.apply(name, value);
            var seen = new java.util.HashSet<JsonNode>();
            for (var v : converted)
                if (!seen.add(v)) throw invalid(name, "Duplicate items in the list: '" + Python.str(v) + "'.");
            return converted;
        };
    }

    /// Objects with exactly these members, all texts.
    public static Check object(List<String> required, List<String> optional) {
        return (name, value) -> {
            if (!value.isObject()) throw invalid(name, "'" + Python.str(value) + "' is not a dictionary.");
            for (var key : required)
                if (!value.has(key))
                    throw invalid(
                            name,
                            "Validation of dictionary's keys failed. Expected keys: {"
                                    + String.join(
                                            ", ",
                                            required.stream()
                                                    .map(k -> "'" + k + "'")
                                                    .toList())
                                    + "} Provided keys: {"
                                    + String.join(
                                            ", ",
                                            value.propertyNames().stream()
                                                    .map(k -> "'" + k + "'")
                                                    .toList())
                                    + "}.");
            for (var key : value.propertyNames())
                if (!required.contains(key) && !optional.contains(key))
                    throw invalid(name, "Unexpected keys supplied: " + key + ".");
            return value;
        };
    }

    /// A list of routes: `destination` and `nexthop`.
    public static JsonNode routes(String name, JsonNode value) {
        var converted = Json.array();
        for (var route :
                list(object(List.of("destination", "nexthop"), List.of())).apply(name, value)) {
            var one = converted.addObject();
            one.set("destination", subnet().apply(name, route.get("destination")));
            one.set("nexthop", ip().apply(name, route.get("nexthop")));
        }
        return converted;
    }
}
