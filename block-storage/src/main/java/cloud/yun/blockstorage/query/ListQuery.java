package cloud.yun.blockstorage.query;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// `limit`, `marker`, `offset`, `sort`, `sort_key`, `sort_dir` and what is left: the filters.
///
/// @param filters name to value, in the order of the address
public record ListQuery(int limit, Optional<String> marker, int offset, List<Sort> sorts, Map<String, String> filters) {
    /// `osapi_max_limit`
    public static final int LIMIT_MAX = 1000;

    private static final List<String> PAGING =
            List.of("limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "with_count");

    /// @param columns sort key as users write it to column
    /// @throws Invalid in Cinder's words
    public static ListQuery of(Request request, Map<String, String> columns) {
        var filters = new LinkedHashMap<String, String>();
        request.query().forEach((name, values) -> {
            if (!PAGING.contains(name)) filters.put(name, values.getFirst());
        });
        return new ListQuery(
                limit(request),
                request.query("marker"),
                number("offset", request.query("offset").orElse("0")),
                sorts(request, columns),
                filters);
    }

    /// Newest first, no filter, as many as one page may have.
    public static ListQuery everything() {
        return new ListQuery(
                LIMIT_MAX,
                Optional.empty(),
                0,
                List.of(new Sort("created_at", false), new Sort("id", false)),
                Map.of());
    }

    /// The same list in the order in which its rows were made.
    public ListQuery oldestFirst() {
        return new ListQuery(
                limit, marker, offset, List.of(new Sort("created_at", true), new Sort("id", true)), filters);
    }

    private static int limit(Request request) {
        var text = request.query("limit");
        if (text.isEmpty()) return LIMIT_MAX;
        try {
            int limit = Integer.parseInt(text.get().strip());
            if (limit < 0) throw new Invalid("limit param must be positive");
            return Math.min(limit, LIMIT_MAX);
        } catch (NumberFormatException e) {
            throw new Invalid("limit param must be an integer");
        }
    }

    private static int number(String name, String text) {
        try {
            int value = Integer.parseInt(text.strip());
            if (value < 0) throw new Invalid(name + " must be >= 0");
            return value;
        } catch (NumberFormatException e) {
            throw new Invalid(name + " must be an integer");
        }
    }

    private static List<Sort> sorts(Request request, Map<String, String> columns) {
        if (request.query("sort").isPresent()
                && (request.query("sort_key").isPresent()
                        || request.query("sort_dir").isPresent()))
            throw new Invalid("The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the"
                    + " 'sort' parameter.");
        var text = request.query("sort")
                .or(() -> request.query("sort_key")
                        .map(k -> k + ":" + request.query("sort_dir").orElse("desc")))
                .orElse("");
        var sorts = new ArrayList<Sort>();
        for (var part : text.split(",")) {
            if (part.isBlank()) continue;
            var words = part.strip().split(":", 2);
            var direction = words.length == 2 ? words[1].strip() : "desc";
            if (!direction.equals("asc") && !direction.equals("desc"))
                throw new Invalid("Invalid input received: Unknown sort direction, must be one of: asc, desc");
            var column = columns.get(words[0].strip());
            if (column == null) throw new Invalid("Invalid input received: Invalid sort key");
            sorts.add(new Sort(column, direction.equals("asc")));
        }
        boolean ascending = !sorts.isEmpty() && sorts.getLast().ascending();
        if (sorts.isEmpty()) sorts.add(new Sort("created_at", false));
        if (sorts.stream().noneMatch(s -> s.expression().equals("id"))) sorts.add(new Sort("id", ascending));
        return sorts;
    }

    /// @param select with its filters
    /// @param unknown the error for a marker that is not there
    public Select page(Tx tx, Select select, Supplier<? extends RuntimeException> unknown) {
        select.order(sorts).limit(limit + offset);
        if (marker.isEmpty()) return select;
        return select.after(tx, "id", marker.get()).orElseThrow(unknown);
    }

    /// @return the rows behind the offset
    public <T> List<T> cut(List<T> rows) {
        return rows.subList(Math.min(offset, rows.size()), rows.size());
    }

    /// Adds `NAME_links` with the next page when this one is full.
    public void addNext(ObjectNode body, Request request, String collection, List<String> ids) {
        if (ids.isEmpty() || ids.size() < limit) return;
        var query = new ArrayList<String>();
        request.query().forEach((name, values) -> {
            if (!name.equals("marker")) values.forEach(v -> query.add(encoded(name) + "=" + encoded(v)));
        });
        query.add("marker=" + ids.getLast());
        body.putArray(collection + "_links")
                .addObject()
                .put("rel", "next")
                .put("href", request.url() + request.path() + "?" + String.join("&", query));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// Adds `links` with the resource's own address and its bookmark.
    public static void addLinks(ObjectNode body, Request request, String collection, String id) {
        var project = request.caller().project().map(p -> p.id() + "/").orElse("");
        var links = body.putArray("links");
        links.addObject().put("rel", "self").put("href", request.url() + "/v3/" + project + collection + "/" + id);
        links.addObject().put("rel", "bookmark").put("href", request.url() + "/" + project + collection + "/" + id);
    }

    /// Whether a flag of the address says yes, as oslo's `bool_from_string` does.
    public static boolean flag(Request request, String name) {
        return request.query(name)
                .map(v -> List.of("1", "t", "true", "on", "y", "yes")
                        .contains(v.strip().toLowerCase(java.util.Locale.ROOT)))
                .orElse(false);
    }

    private static final Pattern PAIR = Pattern.compile("u?['\"]([^'\"]*)['\"]\\s*:\\s*u?['\"]([^'\"]*)['\"]");

    /// @param value `{'key': 'value'}`, as Python writes a dictionary
    public static Map<String, String> pairs(String value) {
        var found = new LinkedHashMap<String, String>();
        for (var m = PAIR.matcher(value); m.find(); ) found.put(m.group(1), m.group(2));
        return found;
    }

    /// @return an object of texts, such as metadata
    public static ObjectNode texts(Map<String, String> map) {
        var node = Json.object();
        map.forEach(node::put);
        return node;
    }
}
