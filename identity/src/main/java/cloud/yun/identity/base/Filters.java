package cloud.yun.identity.base;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The filters, the marker and the limit of a list request.
///
/// @param equal exact filters, by attribute: for example `domain_id`
/// @param name exact and inexact filters on the name: comparator (`equals`, `contains`, `startswith` ...) to value
/// @param inexact inexact filters on the other attributes
/// @param enabled `?enabled`, `?enabled=0`, `?enabled=false` ...
/// @see <a
///     href="https://docs.openstack.org/keystone/latest/contributor/filtering-responsibilities.html">filtering</a>
public record Filters(
        Map<String, String> equal,
        Map<String, String> name,
        List<Inexact> inexact,
        Optional<Boolean> enabled,
        Optional<String> marker,
        Optional<Integer> limit) {
    /// `?service_id__contains=12`: attribute, comparator and value.
    public record Inexact(String attribute, String comparator, String value) {}

    private static final List<String> INEXACT =
            List.of("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact");
    private static final int LIMIT_MAX = 10_000;

    public static Filters none() {
        return new Filters(Map.of(), Map.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// @param attributes the exact filters that this list has
    /// @throws Invalid a limit that is no number
    public static Filters of(Request request, String... attributes) {
        var equal = new java.util.LinkedHashMap<String, String>();
        for (var attribute : attributes) request.query(attribute).ifPresent(value -> equal.put(attribute, value));
        var name = new java.util.LinkedHashMap<String, String>();
        request.query("name").ifPresent(value -> name.put("equals", value));
        for (var comparator : INEXACT)
            request.query("name__" + comparator).ifPresent(value -> name.put(comparator, value));
        var inexact = new java.util.ArrayList<Inexact>();
        for (var attribute : attributes)
            for (var comparator : INEXACT)
                request.query(attribute + "__" + comparator)
                        .ifPresent(value -> inexact.add(new Inexact(attribute, comparator, value)));
        return new Filters(
                equal,
                name,
                inexact,
                request.query("enabled").map(Filters::truth),
                request.query("marker"),
                limit(request));
    }

    /// Keystone reads a flag so: absent value or anything but 0 and false is true.
    public static boolean truth(String value) {
        return !value.equals("0") && !value.equalsIgnoreCase("false");
    }

    /// @return whether `?key` or `?key=true` stands in the query
    public static boolean flag(Request request, String key) {
        return request.query(key).map(Filters::truth).orElse(false);
    }

    private static Optional<Integer> limit(Request request) {
        return request.query("limit").map(text -> {
            try {
                int limit = Integer.parseInt(text);
                if (limit < 0) throw new NumberFormatException();
                return Math.min(limit, LIMIT_MAX);
            } catch (NumberFormatException e) {
                throw new Invalid("Invalid input for field 'limit': '" + text + "' is not a valid limit");
            }
        });
    }

    /// @param most the page that is given when the request names no limit
    public Filters orLimit(int most) {
        return limit.isPresent() ? this : new Filters(equal, name, inexact, enabled, marker, Optional.of(most));
    }

    public Filters with(String attribute, String value) {
        var all = new java.util.LinkedHashMap<>(equal);
        all.put(attribute, value);
        return new Filters(all, name, inexact, enabled, marker, limit);
    }

    /// Adds the conditions to a query over one table. A filter on what is not among the columns is ignored, as
    /// Keystone
    /// does with filters that a list does not have.
    ///
    /// @param columns attribute to column, both the store's own constants
    public Select apply(Select select, Map<String, String> columns) {
        equal.forEach((attribute, value) -> {
            var column = columns.get(attribute);
            if (column != null) select.where(column + " = ?", value);
        });
        var named = columns.get("name");
        if (named != null) name.forEach((comparator, value) -> inexact(select, named, comparator, value));
        for (var filter : inexact) {
            var column = columns.get(filter.attribute());
            if (column != null) inexact(select, column, filter.comparator(), filter.value());
        }
        var switched = columns.get("enabled");
        if (switched != null) enabled.ifPresent(e -> select.where(switched + " = ?", e));
        return select;
    }

    private static void inexact(Select select, String column, String comparator, String value) {
        int length = value.codePointCount(0, value.length());
        var like = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        switch (comparator) {
            case "icontains" -> like(select, column, "%" + like + "%");
            case "istartswith" -> like(select, column, like + "%");
            case "iendswith" -> like(select, column, "%" + like);
            case "iexact" -> select.where("LOWER(" + column + ") = LOWER(?)", value);
            // LIKE minds the case in one of our databases and not in the other, so these do without it.
            case "contains" -> {
                if (length > 0) select.where("REPLACE(" + column + ", ?, '') <> " + column, value);
            }
            case "startswith" -> select.where("SUBSTR(" + column + ", 1, " + length + ") = ?", value);
            case "endswith" ->
                select.where(
                        "LENGTH(" + column + ") >= " + length + " AND SUBSTR(" + column + ", LENGTH(" + column + ") - "
                                + (length - 1) + ") = ?",
                        value);
            default -> select.where(column + " = ?", value);
        }
    }

    private static void like(Select select, String column, String pattern) {
        select.where("LOWER(" + column + ") LIKE LOWER(?) ESCAPE '\\'", pattern);
    }

    /// Orders by `id` and applies marker and limit; one row more than the limit tells whether a next page is there.
    ///
    /// @throws NotFound there is no such marker
    public Select page(cloud.yun.kernel.db.Tx tx, Select select) {
        return page(tx, select, List.of(Select.Sort.asc("id")));
    }

    /// @param order the last key is `id`
    public Select page(cloud.yun.kernel.db.Tx tx, Select select, List<Select.Sort> order) {
        var ordered = select.order(order);
        if (marker.isPresent())
            ordered = ordered.after(tx, "id", marker.get())
                    .orElseThrow(() -> new NotFound("Marker " + marker.get() + " could not be found."));
        return limit.isPresent() ? ordered.limit(limit.get() + 1) : ordered;
    }

    /// One page out of what [#page] found.
    ///
    /// @param next the marker of the next page, if there is one
    public record Page<T>(List<T> items, Optional<String> next) {}

    public <T> Page<T> cut(List<T> found, java.util.function.Function<T, String> id) {
        if (limit.isEmpty() || found.size() <= limit.get()) return new Page<>(found, Optional.empty());
        var items = found.subList(0, limit.get());
        return new Page<>(items, items.isEmpty() ? Optional.empty() : Optional.of(id.apply(items.getLast())));
    }
}
