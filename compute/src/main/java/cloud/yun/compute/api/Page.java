package cloud.yun.compute.api;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The part of a list that a client wants.
///
/// @param limit how many at most, never more than [#LIMIT_MAX]
/// @param marker the last id of the page before
/// @param limited whether the client itself named a limit
/// @see <a href="https://docs.openstack.org/api-guide/compute/paginated_collections.html">Paginated collections</a>
public record Page(int limit, Optional<String> marker, boolean limited) {
    /// Nova's `[api] max_limit`.
    public static final int LIMIT_MAX = 1000;

    private static final Pattern NUMBER = Pattern.compile("[0-9]*");
    private static final Page ALL = new Page(LIMIT_MAX, Optional.empty(), false);

    /// @throws Invalid the limit is no number
    public static Page of(Request request) {
        var text = request.query("limit");
        for (var value : request.queryAll("limit"))
            if (!NUMBER.matcher(value).matches())
                throw new Invalid("Invalid input for query parameters limit. Value: " + value + ". '" + value
                        + "' does not match '^[0-9]*$'");
        var marker = request.query("marker");
        if (text.isEmpty() && marker.isEmpty()) return ALL;
        int limit = text.filter(t -> !t.isEmpty()).map(Page::number).orElse(LIMIT_MAX);
        return new Page(limit, marker, text.isPresent());
    }

    private static int number(String digits) {
        return digits.length() > 9 ? LIMIT_MAX : Math.min(LIMIT_MAX, Integer.parseInt(digits));
    }

    /// @return whether a `next` link belongs under a page of `size` entries
    public boolean full(int size) {
        return size > 0 && size >= limit;
    }

    /// Newer microversions refuse query parameters they do not know.
    ///
    /// @throws Invalid there is another one than `known`
    public static void only(Request request, Set<String> known) {
        for (var name : request.query().keySet())
            if (!known.contains(name))
                throw new Invalid("Additional properties are not allowed ('" + name + "' was unexpected)");
    }

    /// @throws Invalid the query names a sort key or direction that is not among those given
    public static void sortable(Request request, List<String> keys) {
        for (var key : request.queryAll("sort_key")) if (!keys.contains(key)) throw enumeration("sort_key", key, keys);
        for (var direction : request.queryAll("sort_dir"))
            if (!List.of("asc", "desc").contains(direction))
                throw enumeration("sort_dir", direction, List.of("asc", "desc"));
    }

    private static Invalid enumeration(String name, String value, List<String> allowed) {
        return new Invalid("Invalid input for query parameters " + name + ". Value: " + value + ". '" + value
                + "' is not one of ['" + String.join("', '", allowed) + "']");
    }
}
