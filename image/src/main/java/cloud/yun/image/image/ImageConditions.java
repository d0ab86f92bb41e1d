package cloud.yun.image.image;

import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.util.ArrayList;
import java.util.List;

/// The conditions of a list, so that a page costs the same whatever the filter and however many images there are.
///
/// Either one condition holds for few images: then an index finds them and the others are asked of these few. Or each
/// holds for many: then the index that sorts soon finds enough for a page. A database without statistics guesses which
/// it is; here it is counted, up to [#FEW]. So that no index is used against it, conditions hide their columns
/// (`owner || ''`).
final class ImageConditions {
    private static final int FEW = 3_000;

    /// @param sql on the image `i`
    /// @param candidates a query of the ids (`id`) of all images for which it can hold, by an index, with the same
    ///     arguments; empty: no index finds them
    private record Condition(String sql, String candidates, List<Object> arguments) {}

    private final List<Condition> all = new ArrayList<>();

    void add(String sql, String candidates, Object... arguments) {
        all.add(new Condition(sql, candidates, List.of(arguments)));
    }

    /// A condition that is only asked, never a way to find images.
    void only(String sql, Object... arguments) {
        add(sql, "", arguments);
    }

    /// @param column a column of text or an expression that has an index
    /// @param values any of them; none: nothing holds
    void text(String column, List<String> values) {
        if (values.isEmpty()) {
            only("1 = 0");
            return;
        }
        var marks = " IN (" + Tx.marks(values.size()) + ")";
        add("(" + of(column) + " || '')" + marks, "SELECT id FROM image WHERE " + column + marks, values.toArray());
    }

    void number(String column, String comparison, Object value) {
        add("(" + of(column) + " + 0) " + comparison, "SELECT id FROM image WHERE " + column + " " + comparison, value);
    }

    private static String of(String column) {
        return column.startsWith("COALESCE(") ? column.replace("COALESCE(", "COALESCE(i.") : "i." + column;
    }

    void apply(Tx tx, Select select) {
        long fewest = FEW + 1L;
        Condition way = null;
        for (var condition : all) {
            if (condition.candidates().isEmpty()) continue;
            long n = tx.number(
                    "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM (" + condition.candidates() + ") c LIMIT " + fewest
                            + ") x",
                    condition.arguments().toArray());
            if (n < fewest) {
                fewest = n;
                way = condition;
            }
        }
        if (way != null)
            select.where("i.id IN (" + way.candidates() + ")", way.arguments().toArray());
        for (var condition : all)
            select.where(condition.sql(), condition.arguments().toArray());
    }
}
