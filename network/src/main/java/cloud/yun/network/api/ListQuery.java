package cloud.yun.network.api;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Filters, fields, order and page of one list request.
public final class ListQuery {
    private static final Set<String> CONTROL =
            Set.of("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir");
    private static final Set<String> TAGS = Set.of("tags", "tags-any", "not-tags", "not-tags-any");

    private final Shape shape;
    private final Map<String, List<String>> filters = new LinkedHashMap<>();
    private final List<Sort> sorts = new ArrayList<>();
    private final Set<String> fields;
    private final int limit;
    private final Optional<String> marker;
    private final boolean reverse;

    private ListQuery(Shape shape, Map<String, List<String>> query) {
        this.shape = shape;
        fields = Set.copyOf(query.getOrDefault("fields", List.of()).stream()
                .filter(f -> !f.isEmpty())
                .toList());
        limit = limit(first(query, "limit"));
        marker = first(query, "marker").filter(m -> !m.isEmpty());
        reverse = first(query, "page_reverse")
                .map(r -> r.equalsIgnoreCase("true") || r.equals("1"))
                .orElse(false);
        var unknown = new TreeSet<String>();
        query.forEach((key, values) -> {
            if (CONTROL.contains(key)) return;
            if (known(key)) filters.put(key, values);
            else unknown.add(key);
        });
        if (!unknown.isEmpty())
            throw new Invalid(
                    "["
                            + String.join(
                                    ", ",
                                    unknown.stream().map(u -> "'" + u + "'").toList())
                            + "] is invalid attribute for filtering",
                    "HTTPBadRequest");
        sorts(query.getOrDefault("sort_key", List.of()), query.getOrDefault("sort_dir", List.of()));
    }

    /// @throws Invalid a parameter cannot be used
    public static ListQuery of(Shape shape, Request request) {
        return new ListQuery(shape, request.query());
    }

    /// Everything, for our own use.
    public static ListQuery all(Shape shape) {
        return new ListQuery(shape, Map.of());
    }

    private static Optional<String> first(Map<String, List<String>> query, String key) {
        var values = query.getOrDefault(key, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    private static int limit(Optional<String> text) {
        if (text.isEmpty()) return 0;
        try {
            int n = Integer.parseInt(text.get());
            if (n >= 0) return n;
        } catch (NumberFormatException e) {
            // told below, as every other bad limit
        }
        throw new Invalid(
                "Bad limit request: Limit must be an integer 0 or greater and not '" + text.get() + "'.", "BadRequest");
    }

    private boolean known(String key) {
        if (shape.filters().containsKey(key) || TAGS.contains(key)) return true;
        var attribute = shape.attributes().get(key);
        return attribute != null && attribute.column().isPresent();
    }

    private void sorts(List<String> keys, List<String> directions) {
        if (keys.size() != directions.size() && !(directions.isEmpty() && keys.isEmpty()))
            throw new Invalid("The number of sort_keys and sort_dirs must be same", "HTTPBadRequest");
        for (int i = 0; i < keys.size(); i++) {
            var attribute = shape.attributes().get(keys.get(i));
            if (attribute == null || attribute.column().isEmpty())
                throw new Invalid("['" + keys.get(i) + "'] is invalid attribute for sort_keys", "HTTPBadRequest");
            var direction = directions.get(i).toLowerCase(Locale.ROOT);
            if (!direction.equals("asc") && !direction.equals("desc"))
                throw new Invalid(
                        "['" + directions.get(i) + "'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'",
                        "HTTPBadRequest");
            sorts.add(new Sort(sortable(attribute), direction.equals("asc") != reverse));
        }
        if (!keys.contains("id")) sorts.add(new Sort(id(), !reverse));
    }

    private static String sortable(Attribute attribute) {
        var column = attribute.column().orElseThrow();
        // The key has an index, and it is never NULL.
        if (attribute.name().equals("id")) return column;
        return attribute.kind() == Attribute.Kind.TEXT ? "COALESCE(" + column + ", '')" : "COALESCE(" + column + ", 0)";
    }

    private String id() {
        var attribute = shape.attributes().get("id");
        return attribute == null ? "id" : attribute.column().orElse("id");
    }

    public Set<String> fields() {
        return fields;
    }

    public int limit() {
        return limit;
    }

    public boolean reverse() {
        return reverse;
    }

    public Shape shape() {
        return shape;
    }

    /// Runs `select` with everything that the client asked for.
    public <T> List<T> page(Tx tx, Select select, Row.Mapper<T> mapper) {
        filters.forEach((key, values) -> condition(select, key, values));
        select.order(sorts);
        var page = select;
        if (marker.isPresent()) {
            var id = marker.get();
            page = select.after(tx, id(), id).orElseThrow(() -> shape.notFound(id));
        }
        if (limit > 0) page.limit(limit);
        var rows = new ArrayList<>(page.list(tx, mapper));
        if (reverse) Collections.reverse(rows);
        return rows;
    }

    private void condition(Select select, String key, List<String> values) {
        if (TAGS.contains(key)) {
            tags(select, key, values);
            return;
        }
        var special = shape.filters().get(key);
        if (special != null) {
            special.accept(select, values);
            return;
        }
        var attribute = shape.attributes().get(key);
        if (attribute == null) return;
        var column = attribute.column().orElseThrow();
        switch (attribute.kind()) {
            // NULL is shown as the empty text; only who asks for that pays for a condition that no index serves.
            case TEXT -> select.in(values.contains("") ? "COALESCE(" + column + ", '')" : column, values);
            case BOOLEAN ->
                select.in(column, values.stream().map(ListQuery::bool).toList());
            case NUMBER ->
                select.in(column, values.stream().map(v -> number(key, v)).toList());
        }
    }

    private static Boolean bool(String value) {
        var text = value.toLowerCase(Locale.ROOT);
        if (text.equals("true") || text.equals("1")) return true;
        if (text.equals("false") || text.equals("0")) return false;
        throw Values.operation("'" + value + "' cannot be converted to boolean.");
    }

    private static Long number(String key, String value) {
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw Values.operation("'" + value + "' is not an integer.");
        }
    }

    private void tags(Select select, String key, List<String> values) {
        var wanted = values.stream()
                .flatMap(v -> Arrays.stream(v.split(",", -1)))
                .filter(v -> !v.isEmpty())
                .toList();
        if (wanted.isEmpty()) return;
        var has = "EXISTS (SELECT 1 FROM network_tag t WHERE t.resource_id = " + id() + " AND t.tag ";
        var any = has + "IN (" + Tx.marks(wanted.size()) + "))";
        var all = String.join(" AND ", Collections.nCopies(wanted.size(), has + "= ?)"));
        var arguments = wanted.toArray();
        switch (key) {
            case "tags" -> select.where(all, arguments);
            case "tags-any" -> select.where(any, arguments);
            case "not-tags" -> select.where("NOT (" + all + ")", arguments);
            default -> select.where("NOT " + any, arguments);
        }
    }
}
