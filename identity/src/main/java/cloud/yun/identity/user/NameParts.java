package cloud.yun.identity.user;

import cloud.yun.kernel.db.Dialect;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Finds users by parts of their names (`?name__contains=...`) in an index of all parts of three characters.
///
/// It narrows and does not decide: it knows no case, so each user found is still held against the filter itself. On
/// SQLite the index is asked when a part is rare; users with a part that many have are found sooner by a walk in the
/// list's order. PostgreSQL, which has statistics, weighs that itself.
final class NameParts {
    /// So many users are looked up and sorted about as fast as a page of 100 is walked to among a million users, if so
    /// many have the part.
    private static final int FEW = 2_000;

    /// Counting the users of three characters ends here: rarer ones narrow, others cost more than they tell.
    private static final int COMMON = 5_000;

    /// So many trigrams at each end of a part are counted.
    private static final int COUNTED = 10;

    /// A longer part finds nobody whom its first hundred characters do not find nearly alone.
    private static final int LENGTH_MAX = 100;

    /// Stand around each name in the index (migration 2.600).
    private static final String BEFORE = "\u0002";

    private static final String BEHIND = "\u0003\u0003";

    /// Behind every text that begins with what stands before it.
    private static final String LAST =
            Character.toString(Character.MAX_CODE_POINT).repeat(2);

    private static final String MATCHES = "SELECT rowid AS n FROM identity_user_part WHERE identity_user_part MATCH ?";
    private static final String BEGINS = "SELECT doc AS n FROM identity_user_part_term WHERE term BETWEEN ? AND ?";

    /// @param sql what gives the numbers (`identity_user.n`) of those who may match
    private record Candidates(String sql, Object... arguments) {
        static Candidates match(List<String> texts) {
            return new Candidates(
                    MATCHES,
                    texts.stream().map(t -> '"' + t.replace("\"", "\"\"") + '"').collect(Collectors.joining(" AND ")));
        }

        /// @return at most one more than `enough`
        long count(Tx tx, int enough) {
            return tx.number("SELECT COUNT(*) AS n FROM (" + sql + " LIMIT " + (enough + 1) + ") found", arguments);
        }
    }

    private NameParts() {}

    /// @param filters comparator to value
    /// @return whether a condition was added that leaves few users: then no other index is worth walking
    static boolean narrow(Tx tx, Select select, Map<String, String> filters) {
        if (filters.containsKey("equals") || filters.containsKey("iexact")) return false;
        if (tx.dialect() == Dialect.POSTGRESQL) {
            filters.forEach((comparator, value) -> like(select, comparator, value));
            return false;
        }
        var found = candidates(tx, filters).stream()
                .filter(c -> c.count(tx, FEW) <= FEW)
                .findFirst();
        found.ifPresent(c -> select.where("n IN (" + c.sql + ")", c.arguments));
        return found.isPresent();
    }

    /// The filters that mind the case; the others are in the index's own words anyhow.
    private static void like(Select select, String comparator, String value) {
        var part = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        var pattern = switch (comparator) {
            case "contains" -> Optional.of("%" + part + "%");
            case "startswith" -> Optional.of(part + "%");
            case "endswith" -> Optional.of("%" + part);
            default -> Optional.empty();
        };
        pattern.ifPresent(p -> select.where("LOWER(name) LIKE LOWER(?) ESCAPE '\\'", p));
    }

    /// The sharpest first.
    private static List<Candidates> candidates(Tx tx, Map<String, String> filters) {
        var phrases = new ArrayList<String>();
        var all = new ArrayList<Candidates>();
        filters.forEach((comparator, value) -> {
            // LIKE, which decides some of the filters, ends at a NUL.
            if (value.isEmpty() || value.indexOf('\0') >= 0) return;
            var part = part(comparator, value);
            if (part.codePointCount(0, part.length()) >= 3) phrases.add(part);
            else all.add(new Candidates(BEGINS, part, part + LAST));
        });
        if (!phrases.isEmpty()) all.addFirst(longer(tx, phrases));
        return all;
    }

    /// Those pieces of the phrases that are made of rare trigrams. Were all of a phrase asked for, then its common
    /// trigrams would be read through from one end to the other.
    private static Candidates longer(Tx tx, List<String> phrases) {
        var rare = new HashMap<String, Boolean>();
        var pieces = new ArrayList<String>();
        for (var phrase : phrases) {
            var points = phrase.codePoints().toArray();
            int trigrams = points.length - 2;
            int begun = -1;
            for (int i = 0; i <= trigrams; i++) {
                boolean counts = i < trigrams && (i < COUNTED || i >= trigrams - COUNTED);
                boolean use = counts && rare.computeIfAbsent(new String(points, i, 3), t -> rare(tx, t));
                if (use && begun < 0) begun = i;
                if (!use && begun >= 0) {
                    pieces.add(new String(points, begun, i + 2 - begun));
                    begun = -1;
                }
            }
        }
        return Candidates.match(pieces.isEmpty() ? phrases : pieces);
    }

    private static boolean rare(Tx tx, String trigram) {
        return Candidates.match(List.of(trigram)).count(tx, COMMON) <= COMMON;
    }

    private static String part(String comparator, String value) {
        var lower = lower(value);
        return switch (comparator) {
            case "startswith", "istartswith" -> BEFORE + first(lower);
            case "endswith", "iendswith" -> last(lower) + BEHIND;
            default -> first(lower);
        };
    }

    /// As SQLite's LOWER: of ASCII letters only.
    private static String lower(String text) {
        var lower = new StringBuilder(text);
        for (int i = 0; i < lower.length(); i++)
            if (lower.charAt(i) >= 'A' && lower.charAt(i) <= 'Z') lower.setCharAt(i, (char) (lower.charAt(i) + 32));
        return lower.toString();
    }

    private static String first(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= LENGTH_MAX ? text : text.substring(0, text.offsetByCodePoints(0, LENGTH_MAX));
    }

    private static String last(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= LENGTH_MAX ? text : text.substring(text.offsetByCodePoints(text.length(), -LENGTH_MAX));
    }
}
