package cloud.yun.objectstore.base;

import cloud.yun.kernel.error.CloudException.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Pages of names as Swift makes them. What a delimiter rolls up is skipped by its name, never read through, so a page
/// costs as many rows as it shows.
public final class Listing {
    private static final int BATCH = 100;

    private Listing() {}

    /// @param path as a prefix that is a folder: shows what is directly in it
    public record Query(
            int limit,
            String prefix,
            String marker,
            String endMarker,
            String delimiter,
            Optional<String> path,
            boolean reverse) {
        /// @throws Refused 412, the limit is none or too high
        public static Query of(Call call, int max) {
            int limit = max;
            var asked = call.query("limit").filter(l -> l.matches("\\d{1,9}"));
            if (asked.isPresent()) limit = Integer.parseInt(asked.get());
            if (limit > max) throw new Refused(412, "Maximum limit is " + max);
            var path = call.query("path");
            var prefix = call.query("prefix").orElse("");
            var delimiter = call.query("delimiter").orElse("");
            if (path.isPresent()) {
                prefix = path.get().isEmpty() ? "" : path.get().replaceAll("/+$", "") + "/";
                delimiter = "/";
            }
            return new Query(
                    limit,
                    prefix,
                    call.query("marker").orElse(""),
                    call.query("end_marker").orElse(""),
                    delimiter,
                    path,
                    call.query("reverse").map(Wire::truth).orElse(false));
        }

        public static Query prefix(String prefix, int limit) {
            return new Query(limit, prefix, "", "", "", Optional.empty(), false);
        }

        public Query after(String name) {
            return new Query(limit, prefix, name, endMarker, delimiter, path, reverse);
        }

        Bounds bounds() {
            var bounds = new Bounds(Optional.empty(), false, Optional.empty(), reverse);
            if (!prefix.isEmpty()) {
                bounds = bounds.raised(prefix, true);
                var end = beyond(prefix);
                if (end.isPresent()) bounds = bounds.lowered(end.get());
            }
            var low = reverse ? endMarker : marker;
            var high = reverse ? marker : endMarker;
            if (!low.isEmpty()) bounds = bounds.raised(low, false);
            if (!high.isEmpty()) bounds = bounds.lowered(high);
            return bounds;
        }
    }

    /// @param subdir whether it stands for all names that begin with it
    public record Entry<T>(String name, Optional<T> item, boolean subdir) {}

    @FunctionalInterface
    public interface Fetch<T> {
        List<T> fetch(Bounds bounds, int limit);
    }

    /// The first name behind all that begin with `prefix`.
    ///
    /// @return empty when there is none
    static Optional<String> beyond(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last == Character.MAX_CODE_POINT) continue;
            int next = last + 1 >= Character.MIN_SURROGATE && last + 1 <= Character.MAX_SURROGATE
                    ? Character.MAX_SURROGATE + 1
                    : last + 1;
            return Optional.of(prefix.substring(0, end) + Character.toString(next));
        }
        return Optional.empty();
    }

    /// @param whole rows of one name come together, and many at once: nothing is fetched in smaller pieces
    public static <T> List<Entry<T>> page(Query query, boolean whole, Function<T, String> name, Fetch<T> fetch) {
        var found = new ArrayList<Entry<T>>();
        var bounds = query.bounds();
        while (found.size() < query.limit() && !bounds.empty()) {
            int left = query.limit() - found.size();
            int batch = whole || query.delimiter().isEmpty() ? left : Math.min(left, BATCH);
            var rows = fetch.fetch(bounds, batch);
            var skipTo = Optional.<Bounds>empty();
            for (var row : rows) {
                var text = name.apply(row);
                int end = query.delimiter().isEmpty()
                        ? -1
                        : text.indexOf(query.delimiter(), query.prefix().length());
                int past = end + query.delimiter().length();
                boolean deeper = end >= 0 && (query.path().isEmpty() || text.length() > past);
                if (deeper) {
                    var folder = text.substring(0, past);
                    if (query.path().isEmpty() && !folder.equals(query.marker()))
                        found.add(new Entry<>(folder, Optional.empty(), true));
                    skipTo = Optional.of(behind(bounds, folder));
                    break;
                }
                if (query.path().isEmpty() || !text.equals(query.prefix()))
                    found.add(new Entry<>(text, Optional.of(row), false));
            }
            if (skipTo.isPresent()) {
                bounds = skipTo.get();
                continue;
            }
            if (rows.size() < batch) break;
            var last = name.apply(rows.getLast());
            bounds = query.reverse() ? bounds.lowered(last) : bounds.raised(last, false);
        }
        return found;
    }

    private static Bounds behind(Bounds bounds, String folder) {
        if (bounds.reverse()) return bounds.lowered(folder);
        return beyond(folder)
                .map(b -> bounds.raised(b, true))
                .orElseGet(() -> new Bounds(Optional.of(folder), false, Optional.of(folder), false));
    }
}
