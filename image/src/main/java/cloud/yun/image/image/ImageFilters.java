package cloud.yun.image.image;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Select;
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

    /// Narrows `select`, of images `i`, to what the caller sees and asked for.
    ///
    /// Conditions are on plain columns: the index that orders the list holds these columns.
    void apply(Select select, Caller caller) {
        visible(select, caller);
        values.forEach((name, all) -> {
            var value = all.getLast();
            switch (name) {
                case "visibility", "member_status" -> {} // decided in visible()
                case "os_hidden" -> {} // below, since it counts when absent
                case "tag" -> all.forEach(tag -> tagged(select, tag));
                case "protected" -> select.where("i.protected = ?", bool(name, value));
                case "size_min" -> select.where("i.size >= ?", number(name, value));
                case "size_max" -> select.where("i.size <= ?", number(name, value));
                case "size", "min_ram", "min_disk", "virtual_size" ->
                    select.where("i." + name + " = ?", number(name, value));
                case "owner", "checksum", "os_hash_value", "os_hash_algo" -> select.where("i." + name + " = ?", value);
                case "created_at", "updated_at" -> time(select, "i." + name, value);
                default -> other(select, name, value);
            }
        });
        select.where(
                "i.os_hidden = ?",
                one("os_hidden").map(v -> bool("os_hidden", v)).orElse(false));
    }

    private static void other(Select select, String name, String value) {
        if (!TEXTS.contains(name)) {
            select.where(
                    "EXISTS (SELECT 1 FROM image_property p WHERE p.image_id = i.id AND p.name = ? AND p.value = ?)",
                    name,
                    value);
            return;
        }
        if (value.startsWith("in:")) texts(select, name, list(value.substring(3)));
        else if (value.startsWith("eq:")) texts(select, name, List.of(value.substring(3)));
        else if (value.startsWith("neq:")) select.where("i." + name + " <> ?", value.substring(4));
        else texts(select, name, List.of(value));
    }

    /// What has no value matches the empty text.
    private static void texts(Select select, String name, List<String> values) {
        select.in(values.contains("") ? "COALESCE(i." + name + ", '')" : "i." + name, values);
    }

    private static void tagged(Select select, String tag) {
        select.where("EXISTS (SELECT 1 FROM image_tag t WHERE t.image_id = i.id AND t.tag = ?)", tag);
    }

    /// A list shows the caller's own images, public ones, and shared ones that it accepted; community images only
    /// when asked for. An admin sees all projects' images.
    private void visible(Select select, Caller caller) {
        var visibility = one("visibility").filter(v -> !v.equals("all")).map(ImageService::visibility);
        boolean all = one("visibility").filter(v -> v.equals("all")).isPresent();
        boolean community = all || visibility.isPresent();
        var memberStatus = one("member_status").orElse("accepted");
        if (!MEMBER_STATUS.contains(memberStatus)) throw new Invalid("Invalid status: " + memberStatus);
        var project = caller.project().map(Caller.Project::id).orElse("");
        if (!caller.admin()) {
            var arguments = new ArrayList<Object>(List.of(project, project));
            if (!memberStatus.equals("all")) arguments.add(memberStatus);
            select.where(
                    "i.owner = ? OR i.visibility IN (" + (community ? "'public', 'community'" : "'public'")
                            + ") OR (i.visibility = 'shared' AND EXISTS (SELECT 1 FROM image_member m"
                            + " WHERE m.image_id = i.id AND m.member_id = ?"
                            + (memberStatus.equals("all") ? "" : " AND m.status = ?") + "))",
                    arguments.toArray());
        }
        select.where("i.visibility = ?", visibility);
        if (!community) select.where("i.visibility <> 'community' OR i.owner = ?", project);
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

    private static void time(Select select, String column, String value) {
        int colon = value.indexOf(':');
        var operator = colon > 0 ? value.substring(0, colon) : "";
        boolean known = List.of("gt", "gte", "lt", "lte", "neq", "eq").contains(operator);
        var instant = instant(known ? value.substring(colon + 1) : value);
        // Times are shown in whole seconds; what the user compares with is the second, not the microsecond in the
        // row.
        var next = instant.plusSeconds(1);
        switch (operator) {
            case "gt" -> select.where(column + " >= ?", next);
            case "gte" -> select.where(column + " >= ?", instant);
            case "lt" -> select.where(column + " < ?", instant);
            case "lte" -> select.where(column + " < ?", next);
            case "neq" -> select.where(column + " < ? OR " + column + " >= ?", instant, next);
            default -> select.where(column + " >= ? AND " + column + " < ?", instant, next);
        }
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
