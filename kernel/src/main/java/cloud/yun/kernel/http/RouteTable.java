package cloud.yun.kernel.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All routes of one service as a tree of path segments. Literal segments win over variables.
final class RouteTable {
    /// @param routes what stands at that path, of all methods
    record Match(List<Route> routes, Map<String, String> variables) {
        List<Route> of(String method) {
            return routes.stream().filter(r -> r.method().equals(method)).toList();
        }

        String allow() {
            var methods = new TreeSet<String>();
            for (var route : routes) methods.add(route.method());
            return String.join(", ", methods);
        }
    }

    private static final class Node {
        final Map<String, Node> literals = new LinkedHashMap<>();

        @Nullable
        Node variable;

        final List<Route> routes = new ArrayList<>();
        final List<Route> rest = new ArrayList<>();
    }

    private final Node root = new Node();
    private final List<Route> all;

    RouteTable(List<Route> routes) {
        all = List.copyOf(routes);
        for (var route : routes) add(route);
    }

    List<Route> routes() {
        return all;
    }

    private void add(Route route) {
        var node = root;
        for (var segment : segments(route.path())) {
            if (segment.endsWith("*}")) {
                node.rest.add(route);
                return;
            }
            if (segment.startsWith("{")) {
                if (node.variable == null) node.variable = new Node();
                node = node.variable;
            } else {
                node = node.literals.computeIfAbsent(segment, _ -> new Node());
            }
        }
        node.routes.add(route);
    }

    /// @param path raw path below the mount; segments are decoded one by one, so `%2F` stays inside its segment
    Optional<Match> match(String path) {
        var segments = segments(path);
        return Optional.ofNullable(walk(root, segments, 0, new ArrayList<>()));
    }

    /// Whether a literal segment follows `prefix`: tells `/v3/volumes` from `/v3/{project_id}/volumes`.
    boolean literalBelow(String prefix, String segment) {
        var node = root;
        for (var part : segments(prefix)) {
            var next = node.literals.get(part);
            if (next == null) return false;
            node = next;
        }
        return node.literals.containsKey(segment);
    }

    private @Nullable Match walk(Node node, List<String> segments, int at, List<String> values) {
        if (at == segments.size()) return node.routes.isEmpty() ? null : match(node.routes, values);
        var segment = segments.get(at);
        var literal = node.literals.get(segment);
        if (literal != null) {
            var found = walk(literal, segments, at + 1, values);
            if (found != null) return found;
        }
        if (node.variable != null && !segment.isEmpty()) {
            values.add(decode(segment));
            var found = walk(node.variable, segments, at + 1, values);
            if (found != null) return found;
            values.removeLast();
        }
        if (node.rest.isEmpty()) return null;
        values.add(decode(String.join("/", segments.subList(at, segments.size()))));
        return match(node.rest, values);
    }

    /// Routes at one place may name their variables differently; the first one's names are used for all.
    private static Match match(List<Route> routes, List<String> values) {
        var variables = new LinkedHashMap<String, String>();
        for (var route : routes) {
            int i = 0;
            for (var segment : segments(route.path()))
                if (segment.startsWith("{") && i < values.size())
                    variables.put(segment.substring(1, segment.length() - 1).replace("*", ""), values.get(i++));
        }
        return new Match(routes, variables);
    }

    private static String decode(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static List<String> segments(String path) {
        var trimmed = path.startsWith("/") ? path.substring(1) : path;
        if (trimmed.isEmpty()) return List.of();
        return List.of(trimmed.split("/", -1));
    }
}
