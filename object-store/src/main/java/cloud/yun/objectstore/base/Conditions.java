package cloud.yun.objectstore.base;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// `If-Match` and its kin. The order in which they are asked is Swift's.
public final class Conditions {
    private Conditions() {}

    /// @param etag without quotes; empty when there is no such thing
    /// @return the status that answers instead: 304 or 412
    public static Optional<Integer> refusal(Call call, Optional<String> etag, Optional<Stamp> modified) {
        var noneMatch = call.header("if-none-match").map(Conditions::tags);
        if (noneMatch.isPresent() && matches(noneMatch.get(), etag)) return Optional.of(call.reads() ? 304 : 412);
        var match = call.header("if-match").map(Conditions::tags);
        if (match.isPresent() && !matches(match.get(), etag)) return Optional.of(412);
        if (modified.isEmpty()) return Optional.empty();
        long at = modified.get().secondsUp();
        var since = call.header("if-modified-since").flatMap(Stamp::httpSeconds);
        if (since.isPresent() && at <= since.get()) return Optional.of(304);
        var unmodified = call.header("if-unmodified-since").flatMap(Stamp::httpSeconds);
        if (unmodified.isPresent() && at > unmodified.get()) return Optional.of(412);
        return Optional.empty();
    }

    private static boolean matches(Set<String> tags, Optional<String> etag) {
        return etag.isPresent() && (tags.contains("*") || tags.contains(etag.get()));
    }

    static Set<String> tags(String header) {
        var found = new HashSet<String>();
        for (var part : header.split(",")) {
            var tag = part.strip();
            if (tag.startsWith("W/")) tag = tag.substring(2);
            if (tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\""))
                tag = tag.substring(1, tag.length() - 1);
            if (!tag.isEmpty()) found.add(tag);
        }
        return found;
    }
}
