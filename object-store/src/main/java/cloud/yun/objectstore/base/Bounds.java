package cloud.yun.objectstore.base;

import cloud.yun.kernel.db.Select;
import java.util.Optional;

/// A piece of a list that is ordered by names.
///
/// @param from where it begins
/// @param inclusive whether the name `from` itself belongs to it
/// @param before where it ends; that name does not belong to it
/// @param reverse last name first
public record Bounds(Optional<String> from, boolean inclusive, Optional<String> before, boolean reverse) {
    public Bounds raised(String name, boolean including) {
        boolean higher = from.map(f -> Wire.compare(name, f) > 0 || (name.equals(f) && !including))
                .orElse(true);
        return higher ? new Bounds(Optional.of(name), including, before, reverse) : this;
    }

    public Bounds lowered(String name) {
        boolean lower = before.map(b -> Wire.compare(name, b) < 0).orElse(true);
        return lower ? new Bounds(from, inclusive, Optional.of(name), reverse) : this;
    }

    public boolean empty() {
        return from.isPresent() && before.isPresent() && Wire.compare(from.get(), before.get()) >= 0;
    }

    /// The same as conditions on the column `name`.
    public Select apply(Select select) {
        var sorted = reverse ? Select.Sort.desc("name") : Select.Sort.asc("name");
        return select.where(inclusive ? "name >= ?" : "name > ?", from)
                .where("name < ?", before)
                .order(sorted);
    }
}
