package cloud.yun.blockstorage.volume;

import static java.util.Map.entry;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A list of volumes as it was asked for.
///
/// @param projectId empty: of all projects
/// @param nothing a filter that no volume can match
record VolumeQuery(ListQuery query, Optional<String> projectId, boolean countWanted, boolean nothing, boolean strict) {
    private static final Map<String, String> SORTS = Map.ofEntries(
            entry("id", "id"),
            entry("name", "COALESCE(name, '')"),
            entry("display_name", "COALESCE(name, '')"),
            entry("status", "status"),
            entry("size", "size_gib"),
            entry("bootable", "bootable"),
            entry("host", "COALESCE(host, '')"),
            entry("availability_zone", "availability_zone"),
            entry("created_at", "created_at"),
            entry("updated_at", "COALESCE(updated_at, 0)"),
            entry("launched_at", "COALESCE(launched_at, 0)"),
            entry("user_id", "user_id"),
            entry("project_id", "project_id"),
            entry("volume_type_id", "type_id"));

    /// What everybody may filter by; admins by every column.
    private static final Set<String> FOR_ALL = Set.of(
            "name",
            "display_name",
            "status",
            "metadata",
            "bootable",
            "migration_status",
            "availability_zone",
            "group_id",
            "size",
            "created_at",
            "updated_at",
            "consumes_quota",
            "name~",
            "status~",
            "availability_zone~",
            "group_id~",
            "migration_status~");

    private static final Set<String> FOR_ADMINS = Set.of(
            "id",
            "project_id",
            "user_id",
            "host",
            "volume_type_id",
            "snapshot_id",
            "source_volid",
            "multiattach",
            "glance_metadata",
            "tenant_id");

    private static final Pattern PAIR = Pattern.compile("u?['\"]([^'\"]*)['\"]\\s*:\\s*u?['\"]([^'\"]*)['\"]");
    private static final Map<String, String> COMPARISONS =
            Map.of("gt", ">", "gte", ">=", "eq", "=", "neq", "<>", "lt", "<", "lte", "<=");

    static VolumeQuery of(Request request) {
        var query = ListQuery.of(request, SORTS);
        var caller = request.caller();
        boolean all = caller.admin() && ListQuery.flag(request, "all_tenants");
        boolean general = request.microversion().atLeast("3.31");
        boolean nothing = false;
        var invalid = new ArrayList<String>();
        for (var name : query.filters().keySet()) {
            if (FOR_ALL.contains(name)) continue;
            if (caller.admin()) nothing |= !FOR_ADMINS.contains(name);
            else invalid.add(name);
        }
        if (!invalid.isEmpty() && general)
            throw new Invalid("Invalid filters " + String.join(",", invalid) + " are found in query options.");
        query.filters().keySet().removeAll(invalid);
        var project = query.filters().containsKey("project_id") && all
                ? Optional.<String>empty()
                : caller.project().map(p -> p.id()).filter(_ -> !all);
        return new VolumeQuery(
                query,
                project,
                request.microversion().atLeast("3.45") && ListQuery.flag(request, "with_count"),
                nothing,
                request.microversion().atLeast("3.2"));
    }

    int limit() {
        return query.limit();
    }

    Select filters() {
        var select = Select.of(VolumeStore.COLUMNS, "volume").key("id").where("project_id = ?", projectId);
        query.filters().forEach((name, value) -> filter(select, name, value));
        return select;
    }

    Select select(Tx tx) {
        var marker = query.marker().orElse("");
        return query.page(tx, filters(), () -> new NotFound("Volume", marker));
    }

    private void filter(Select select, String name, String value) {
        switch (name) {
            case "name", "display_name" -> select.where("name = ?", value);
            case "status" -> select.where("status = ?", value);
            case "availability_zone" -> select.where("availability_zone = ?", value);
            case "name~" -> like(select, "name", value);
            case "status~" -> like(select, "status", value);
            case "availability_zone~" -> like(select, "availability_zone", value);
            case "size" -> select.where("CAST(size_gib AS TEXT) = ?", value);
            case "bootable" -> select.where("bootable = ?", truth(name, value));
            case "multiattach" -> select.where("multiattach = ?", truth(name, value));
            case "consumes_quota" -> select.where("consumes_quota = ?", truth(name, value));
            case "metadata" -> metadata(select, "user", value);
            case "glance_metadata" -> metadata(select, "image", value);
            case "created_at", "updated_at" -> times(select, name, value);
            case "id" -> select.where("id = ?", value);
            case "project_id", "tenant_id" -> select.where("project_id = ?", value);
            case "user_id" -> select.where("user_id = ?", value);
            case "volume_type_id" -> select.where("type_id = ?", value);
            case "snapshot_id" -> select.where("snapshot_id = ?", value);
            case "source_volid" -> select.where("source_volume_id = ?", value);
            case "host" -> select.where("host = ? OR host LIKE ? ESCAPE '!'", value, escaped(value) + "#%");
            case "group_id" -> select.where("group_id = ?", value);
            case "migration_status" -> select.where("migration_status = ?", value);
            case "group_id~" -> like(select, "group_id", value);
            case "migration_status~" -> like(select, "migration_status", value);
            default -> select.where("1 = 0");
        }
    }

    private static void like(Select select, String column, String value) {
        select.where("LOWER(" + column + ") LIKE ? ESCAPE '!'", "%" + escaped(value.toLowerCase(Locale.ROOT)) + "%");
    }

    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    /// `{'key': 'value'}`, as Python writes a dictionary.
    private static void metadata(Select select, String scope, String value) {
        var pairs = PAIR.matcher(value);
        boolean any = false;
        while (pairs.find()) {
            any = true;
            select.where(
                    "EXISTS (SELECT 1 FROM volume_metadata m WHERE m.volume_id = volume.id AND m.scope = ?"
                            + " AND m.key = ? AND m.value = ?)",
                    scope,
                    pairs.group(1),
                    pairs.group(2));
        }
        if (!any && !value.replace(" ", "").equals("{}")) select.where("1 = 0");
    }

    private boolean truth(String name, String value) {
        var text = value.toLowerCase(Locale.ROOT);
        if (List.of("true", "1", "t", "yes", "on", "y").contains(text)) return true;
        if (List.of("false", "0", "f", "no", "off", "n").contains(text)) return false;
        if (strict) throw new Invalid("Invalid input received: '" + name + " = " + value + "'");
        return !value.isEmpty();
    }

    /// `gte:2026-01-01T00:00:00,lt:2026-02-01T00:00:00`
    private static void times(Select select, String column, String value) {
        for (var part : value.split(",")) {
            int colon = part.indexOf(':');
            var operator = colon < 0 ? part : part.substring(0, colon);
            var comparison = COMPARISONS.get(operator);
            if (comparison == null) throw new Invalid("Invalid " + operator + " operator");
            select.where(column + " " + comparison + " ?", time(part.substring(colon + 1)));
        }
    }

    private static Instant time(String text) {
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text)
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Invalid("Invalid " + text + " value");
        }
    }
}
