package cloud.yun.image.image;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which images a list holds: what the caller may see, and the documented filters.
///
/// @param values query parameters that filter, each with all its values
/// @see <a href="https://docs.openstack.org/api-ref/image/v2/#list-images">GET images</a>
record ImageFilters(Map<String, List<String>> values) {
    private static final Set<String> TEXTS = Set.of("id", "name", "status", "disk_format", "container_format");
    private static final Set<String> MEMBER_STATUS = Set.of("accepted", "pending", "rejected", "all");

    private Optional<String> one(String name) {
        var all = values.get(name);
        return all == null || all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /// Narrows `select` to what the caller sees and asked for.
    ///
    /// @param first what the list is sorted by first
    void apply(Tx tx, Select select, Caller caller, String first) {
        var found = new ImageConditions();
        visible(found, caller);
        values.forEach((name, all) -> {
            switch (name) {
                case "visibility", "member_status" -> {} // decided in visible()
                case "owner" -> found.text("owner", List.of(all.getLast()));
                case "tag" -> all.forEach(tag -> tagged(found, tag));
                case "os_hidden" -> {} // below, since it counts when absent
                case "protected" -> found.number("protected", "= ?", bool("protected", all.getLast()));
                case "size_min" -> found.number("COALESCE(size, -1)", ">= ?", Math.max(0, number(name, all.getLast())));
                case "size_max" -> found.number("COALESCE(size, -1)", "BETWEEN 0 AND ?", number(name, all.getLast()));
                case "size" -> found.number("COALESCE(size, -1)", "= ?", number(name, all.getLast()));
                case "min_ram", "min_disk", "virtual_size" -> found.number(name, "= ?", number(name, all.getLast()));
                case "checksum", "os_hash_value", "os_hash_algo" -> found.text(name, List.of(all.getLast()));
                case "created_at", "updated_at" -> time(found, name, all.getLast(), first.equals("i." + name));
                default -> other(found, name, all.getLast());
            }
        });
        found.number(
                "os_hidden",
                "= ?",
                one("os_hidden").map(v -> bool("os_hidden", v)).orElse(false));
        found.apply(tx, select);
    }

    private static void other(ImageConditions found, String name, String value) {
        if (!TEXTS.contains(name)) {
            found.add(
                    "EXISTS (SELECT 1 FROM image_property p WHERE p.image_id = i.id AND p.name = ? AND p.value = ?)",
                    "SELECT image_id AS id FROM image_property WHERE name = ? AND value = ?",
                    name,
                    value);
            return;
        }
        var column = name.equals("id") || name.equals("status") ? name : "COALESCE(" + name + ", '')";
        if (value.startsWith("in:")) found.text(column, list(value.substring(3)));
        else if (value.startsWith("eq:")) found.text(column, List.of(value.substring(3)));
        else if (value.startsWith("neq:")) found.only("i." + name + " <> ?", value.substring(4));
        else found.text(column, List.of(value));
    }

    private static void tagged(ImageConditions found, String tag) {
        found.add(
                "EXISTS (SELECT 1 FROM image_tag t WHERE t.image_id = i.id AND t.tag = ?)",
                "SELECT image_id AS id FROM image_tag WHERE tag = ?",
                tag);
    }

    /// A list shows the caller's own images, public ones, and shared ones that it accepted; community images only
    /// when asked for. An admin sees all projects' images.
    private void visible(ImageConditions found, Caller caller) {
        var visibility = one("visibility").filter(v -> !v.equals("all")).map(ImageService::visibility);
        boolean all = one("visibility").filter(v -> v.equals("all")).isPresent();
        boolean community = all || visibility.isPresent();
        var memberStatus = one("member_status").orElse("accepted");
        if (!MEMBER_STATUS.contains(memberStatus)) throw new Invalid("Invalid status: " + memberStatus);
        var project = caller.project().map(Caller.Project::id).orElse("");
        if (!caller.admin()) {
            var open = community ? "'public', 'community'" : "'public'";
            var status = memberStatus.equals("all") ? "" : " AND %sstatus = ?";
            var arguments = new ArrayList<Object>(List.of(project, project));
            if (!memberStatus.equals("all")) arguments.add(memberStatus);
            found.add(
                    "(i.owner || '') = ? OR (i.visibility || '') IN (" + open + ") OR ((i.visibility || '') = 'shared'"
                            + " AND EXISTS (SELECT 1 FROM image_member m WHERE m.image_id = i.id AND m.member_id = ?"
                            + status.formatted("m.") + "))",
                    "SELECT id FROM image WHERE owner = ? UNION ALL SELECT id FROM image WHERE visibility IN (" + open
                            + ") UNION ALL SELECT image_id AS id FROM image_member WHERE member_id = ?"
                            + status.formatted(""),
                    arguments.toArray());
        }
        visibility.ifPresent(v -> found.text("visibility", List.of(v)));
        if (!community) found.only("i.visibility <> 'community' OR (i.owner || '') = ?", project);
    }

    private static boolean bool(String name, String value) {
        return switch (value.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "1", "yes", "on", "t", "y" -> true;
            case "false", "0", "no", "off", "f", "n" -> false;
            default ->
                throw new Invalid("Invalid value '" + value + "' for '" + name + "' filter. Valid values are case"
                        + " insensitive forms of true and false.");
        };
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new Invalid("Parameter " + name + " is not an integer");
        }
    }

    /// Splits `a,"b,c"`.
    private static List<String> list(String text) {
        var items = new ArrayList<String>();
        var item = new StringBuilder();
        boolean quoted = false;
        for (char c : text.toCharArray()) {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) {
                items.add(item.toString());
                item.setLength(0);
            } else item.append(c);
        }
        if (quoted) throw new Invalid("Invalid filter value " + text + ". The quote is not closed.");
        items.add(item.toString());
        return items;
    }

    /// @param sorted the list is sorted by this column, so the index that sorts also finds
    private static void time(ImageConditions found, String name, String value, boolean sorted) {
        int colon = value.indexOf(':');
        var operator = colon > 0 ? value.substring(0, colon) : "";
        boolean known = List.of("gt", "gte", "lt", "lte", "neq", "eq").contains(operator);
        var instant = instant(known ? value.substring(colon + 1) : value);
        // Times are shown in whole seconds; what the user compares with is the second, not the microsecond in the
        // row.
        var next = instant.plusSeconds(1);
        var column = sorted ? "i." + name : "(i." + name + " + 0)";
        switch (operator) {
            case "gt" -> range(found, name, column, ">= ?", next);
            case "gte" -> range(found, name, column, ">= ?", instant);
            case "lt" -> range(found, name, column, "< ?", instant);
            case "lte" -> range(found, name, column, "< ?", next);
            case "neq" -> found.only(column + " < ? OR " + column + " >= ?", instant, next);
            default ->
                found.add(
                        column + " >= ? AND " + column + " < ?",
                        "SELECT id FROM image WHERE " + name + " >= ? AND " + name + " < ?",
                        instant,
                        next);
        }
    }

    private static void range(ImageConditions found, String name, String column, String comparison, Instant at) {
        found.add(column + " " + comparison, "SELECT id FROM image WHERE " + name + " " + comparison, at);
    }

    private static Instant instant(String text) {
        try {
            var iso = text.contains("T") ? text : text.replace(' ', 'T');
            if (!iso.contains("T")) iso += "T00:00:00";
            if (iso.endsWith("Z") || iso.matches(".*T.*[+-]\\d\\d:?\\d\\d"))
                return OffsetDateTime.parse(iso).toInstant();
            return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Invalid("Invalid time: " + text);
        }
    }
}
