package cloud.yun.network.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Ids in parts that fit into one IN list of both databases.
public final class Batches {
    private static final int MAX = 2_000;

    private Batches() {}

    public static <T> List<List<T>> of(Collection<T> all) {
        var list = new ArrayList<>(all);
        var parts = new ArrayList<List<T>>();
        for (int i = 0; i < list.size(); i += MAX) parts.add(list.subList(i, Math.min(list.size(), i + MAX)));
        return parts;
    }
}
