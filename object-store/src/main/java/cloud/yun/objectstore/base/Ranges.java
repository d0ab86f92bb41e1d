package cloud.yun.objectstore.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `Range: bytes=...` as RFC 9110 and Swift read it: what makes no sense is as if it was not there.
///
/// @param specs none is empty on both sides
public record Ranges(List<Spec> specs) {
    private static final Pattern SPEC = Pattern.compile("\\s*(\\d*)\\s*-\\s*(\\d*)\\s*");
    private static final int RANGES_MAX = 50;
    private static final int OVERLAPS_MAX = 2;

    /// @param first empty: the last `last` bytes
    /// @param last empty: to the end; inclusive
    public record Spec(Optional<Long> first, Optional<Long> last) {}

    /// @param end exclusive
    public record Piece(long begin, long end) {
        public long length() {
            return end - begin;
        }
    }

    /// @return empty when there is no range to respect
    public static Optional<Ranges> parse(String header) {
        if (!header.regionMatches(true, 0, "bytes=", 0, 6)) return Optional.empty();
        var specs = new ArrayList<Spec>();
        for (var part : header.substring(6).split(",", -1)) {
            var match = SPEC.matcher(part);
            if (!match.matches()) return Optional.empty();
            var first = number(match.group(1));
            var last = number(match.group(2));
            if (first.isEmpty() && last.isEmpty()) return Optional.empty();
            if (first.isPresent() && last.isPresent() && first.get() > last.get()) return Optional.empty();
            specs.add(new Spec(first, last));
        }
        return Optional.of(new Ranges(List.copyOf(specs)));
    }

    private static Optional<Long> number(String digits) {
        if (digits.isEmpty()) return Optional.empty();
        return Optional.of(digits.length() > 18 ? Long.MAX_VALUE - 1 : Long.parseLong(digits));
    }

    /// @return the pieces of something so long; none when no range lies in it, or when there are unreasonably many
    public List<Piece> of(long length) {
        var pieces = new ArrayList<Piece>();
        for (var spec : specs) {
            long begin;
            long end;
            if (spec.first().isEmpty()) {
                long suffix = spec.last().orElseThrow();
                if (suffix == 0) continue;
                begin = Math.max(0, length - suffix);
                end = length;
            } else {
                begin = spec.first().get();
                end = Math.min(length, spec.last().map(l -> l + 1).orElse(length));
            }
            if (begin >= length || begin >= end) continue;
            pieces.add(new Piece(begin, end));
        }
        if (pieces.size() > RANGES_MAX || overlaps(pieces) > OVERLAPS_MAX) return List.of();
        return List.copyOf(pieces);
    }

    private static int overlaps(List<Piece> pieces) {
        int found = 0;
        for (int i = 0; i < pieces.size(); i++)
            for (int j = i + 1; j < pieces.size(); j++)
                if (pieces.get(i).begin() < pieces.get(j).end()
                        && pieces.get(j).begin() < pieces.get(i).end()) found++;
        return found;
    }
}
