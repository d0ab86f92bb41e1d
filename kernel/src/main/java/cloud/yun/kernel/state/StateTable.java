package cloud.yun.kernel.state;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which event moves which state where. A table is data: one test walks all of it, and the docs are printed from
/// it.
public final class StateTable<S extends Enum<S>, E extends Enum<E>> {
    public record Row<S, E>(S from, E event, S to) {}

    private final Map<S, Map<E, S>> rows;
    private final List<Row<S, E>> list;

    private StateTable(Class<S> states, Class<E> events, List<Row<S, E>> list) {
        this.list = List.copyOf(list);
        this.rows = new EnumMap<>(states);
        for (var row : list) {
            var before =
                    rows.computeIfAbsent(row.from(), _ -> new EnumMap<>(events)).put(row.event(), row.to());
            if (before != null) throw new IllegalArgumentException("two rows for " + row.from() + " on " + row.event());
        }
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <S extends Enum<S>, E extends Enum<E>> StateTable<S, E> of(
            Class<S> states, Class<E> events, Row<S, E>... rows) {
        return new StateTable<>(states, events, List.of(rows));
    }

    public static <S, E> Row<S, E> on(S from, E event, S to) {
        return new Row<>(from, event, to);
    }

    /// @return where `event` leads from `from`; empty when the table has no such move
    public Optional<S> next(S from, E event) {
        return Optional.ofNullable(rows.getOrDefault(from, Map.of()).get(event));
    }

    /// @return the states in which `event` is allowed
    public Set<S> from(E event) {
        return list.stream().filter(r -> r.event() == event).map(Row::from).collect(Collectors.toUnmodifiableSet());
    }

    public List<Row<S, E>> rows() {
        return list;
    }
}
