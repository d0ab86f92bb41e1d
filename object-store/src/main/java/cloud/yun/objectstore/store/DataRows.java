package cloud.yun.objectstore.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the files' keepers need to know of the rows.
public interface DataRows {
    /// @param md5 in lower-case hexadecimal
    record Row(String dataId, long bytes, String md5) {}

    /// @return those of the ids to which a row refers
    Set<String> referred(Collection<String> dataIds);

    /// @param dataId after which to go on; empty: from the first
    /// @return in the order of their ids
    List<Row> after(String dataId, int limit);

    /// Takes the row of damaged data away, and keeps where it was.
    ///
    /// @return the path of the object; empty when no row refers to the data any more
    Optional<String> quarantine(String dataId, String reason);

    /// @return one sentence for each sum that is not the sum of its rows
    List<String> drift();
}
