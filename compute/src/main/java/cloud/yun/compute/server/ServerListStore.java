package cloud.yun.compute.server;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// SQL of lists of servers: every filter that the API has, in one statement.
public final class ServerListStore {
    /// Regular expressions that LIKE can say: text, `.`, `.*`, quoted punctuation, and the two ends.
    private static final Pattern SIMPLE = Pattern.compile("\\^?([\\w@:/ =-]|\\.\\*?|\\\\[^\\w\\\\])*\\$?");

    private static final Map<String, String> SORTS = Map.ofEntries(
            Map.entry("access_ip_v4", "COALESCE(access_v4, '')"),
            Map.entry("access_ip_v6", "COALESCE(access_v6, '')"),
            Map.entry("availability_zone", "COALESCE(zone, '')"),
            Map.entry("config_drive", "config_drive"),
            Map.entry("created_at", "created_at"),
            Map.entry("display_description", "COALESCE(description, '')"),
            Map.entry("display_name", "name"),
            Map.entry("host", "COALESCE(host, '')"),
            Map.entry("node", "COALESCE(host, '')"),
            Map.entry("hostname", "hostname"),
            Map.entry("image_ref", "COALESCE(image_id, '')"),
            Map.entry("instance_type_id", "flavor_id"),
            Map.entry("key_name", "COALESCE(key_name, '')"),
            Map.entry("launch_index", "launch_index"),
            Map.entry("launched_at", "COALESCE(launched_at, 0)"),
            Map.entry("locked_by", "COALESCE(locked_by, '')"),
            Map.entry("locked", "COALESCE(locked_by, '')"),
            Map.entry("power_state", "power_state"),
            Map.entry("project_id", "project_id"),
            Map.entry("task_state", "task_state"),
            Map.entry("terminated_at", "COALESCE(terminated_at, 0)"),
            Map.entry("updated_at", "updated_at"),
            Map.entry("user_id", "user_id"),
            Map.entry("uuid", "id"),
            Map.entry("vm_state", "vm_state"),
            Map.entry("deleted_at", "COALESCE(deleted_at, 0)"),
            Map.entry("id", "number"));

    private final Tx tx;
    private final Select select;

    private ServerListStore(Tx tx, Select select) {
        this.tx = tx;
        this.select = select;
    }

    public static ServerListStore of(Tx tx) {
        return new ServerListStore(tx, Select.of(ServerStore.COLUMNS, "server").key("id"));
    }

    /// @param column a column that users may filter by, by its own name
    public ServerListStore equal(String column, Object value) {
        select.where(column + " = ?", value);
        return this;
    }

    /// The API shows times in seconds, so that is how exactly anybody can ask.
    public ServerListStore inSecond(String column, Instant time) {
        var second = time.truncatedTo(ChronoUnit.SECONDS);
        select.where(column + " >= ? AND " + column + " < ?", second, second.plusSeconds(1));
        return this;
    }

    public ServerListStore in(String column, Collection<?> values) {
        select.in(column, values);
        return this;
    }

    public ServerListStore deleted(boolean only) {
        select.where(only ? "deleted_at IS NOT NULL" : "deleted_at IS NULL");
        return this;
    }

    public ServerListStore locked(boolean locked) {
        select.where(locked ? "locked_by IS NOT NULL" : "locked_by IS NULL");
        return this;
    }

    /// The value stands in the statement: only so is the index of that value used.
    public ServerListStore autoDiskConfig(boolean auto) {
        select.where(auto ? "auto_disk_config = 1" : "auto_disk_config = 0");
        return this;
    }

    /// Deleted servers too: a client that polls for changes must see them go.
    public ServerListStore changedSince(Instant time) {
        select.where("updated_at >= ?", time);
        return this;
    }

    public ServerListStore changedBefore(Instant time) {
        select.where("updated_at <= ?", time);
        return this;
    }

    /// Nova matches names and the like with the database's regular expressions; a plain text is a part of them.
    ///
    /// @throws Invalid it is no regular expression
    public ServerListStore matching(String column, String text) {
        if (SIMPLE.matcher(text).matches()) {
            select.where("LOWER(" + column + ") LIKE ? ESCAPE '!'", like(text.toLowerCase(Locale.ROOT)));
            return this;
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(text, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw new Invalid("Invalid input for query parameters " + column + ". Value: " + text + ". '" + text
                    + "' is not a 'regex'");
        }
        var ids = Select.of("id, " + column, "server")
                .list(tx, r -> pattern.matcher(r.optString(column).orElse("")).find() ? r.string("id") : "")
                .stream()
                .filter(id -> !id.isEmpty())
                .toList();
        select.in("id", ids);
        return this;
    }

    private static String like(String regex) {
        boolean start = regex.startsWith("^");
        boolean end = regex.endsWith("$") && !regex.endsWith("\\$");
        var like = new StringBuilder(start ? "" : "%");
        for (int i = start ? 1 : 0; i < regex.length() - (end ? 1 : 0); i++) {
            char c = regex.charAt(i);
            if (c != '.') {
                if (c == '\\') c = regex.charAt(++i);
                if (c == '%' || c == '_' || c == '!') like.append('!');
                like.append(c);
            } else if (regex.startsWith(".*", i)) {
                like.append('%');
                i++;
            } else like.append('_');
        }
        return like.append(end ? "" : "%").toString();
    }

    /// @param all whether all tags must be there, else any
    /// @param not turns it round
    public ServerListStore tags(Set<String> tags, boolean all, boolean not) {
        var has = "EXISTS (SELECT 1 FROM server_tag t WHERE t.server_id = server.id AND t.tag ";
        var wanted = all
                ? String.join(" AND ", Collections.nCopies(tags.size(), has + "= ?)"))
                : has + "IN (" + Tx.marks(tags.size()) + "))";
        select.where(not ? "NOT (" + wanted + ")" : wanted, tags.toArray());
        return this;
    }

    /// @param keys sort key and whether ascending; unknown keys are left out, as Nova does for those it hides
    /// @return empty when there is no server `marker`
    public Optional<List<Server>> page(List<Map.Entry<String, Boolean>> keys, Optional<String> marker, int limit) {
        var sorts = new java.util.ArrayList<Sort>();
        for (var key : keys) {
            var expression = SORTS.get(key.getKey());
            if (expression != null
                    && sorts.stream().noneMatch(s -> s.expression().equals(expression)))
                sorts.add(new Sort(expression, key.getValue()));
        }
        boolean ascending = !sorts.isEmpty() && sorts.getLast().ascending();
        if (sorts.stream().noneMatch(s -> s.expression().equals("created_at")))
            sorts.add(new Sort("created_at", ascending));
        if (sorts.stream()
                .noneMatch(s -> s.expression().equals("id") || s.expression().equals("number")))
            sorts.add(new Sort("id", ascending));
        select.order(sorts);
        if (marker.isPresent() && select.after(tx, "id", marker.get()).isEmpty()) return Optional.empty();
        select.limit(limit);
        return Optional.of(select.list(tx, new ServerRows()::server));
    }
}
