package cloud.yun.compute.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Files that a simulated host claims to have, by name. With a journal they outlive the process, as a real host's files
/// do: a flow that goes on after a crash finds what it made before. The journal is not forced to disk: a host that
/// loses
/// its power loses the whole simulation.
final class RememberedNames {
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final Optional<Path> journal;

    /// @param journal one line for each change, `+NAME` or `-NAME`; written anew when it is opened
    RememberedNames(Optional<Path> journal) {
        this.journal = journal;
        journal.ifPresent(this::open);
    }

    private void open(Path file) {
        try {
            Files.createDirectories(file.getParent());
            if (Files.exists(file))
                for (var line : Files.readAllLines(file)) {
                    if (line.startsWith("+")) names.add(line.substring(1));
                    else if (line.startsWith("-")) names.remove(line.substring(1));
                }
            Files.write(file, names.stream().map(n -> "+" + n).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void add(String name) {
        if (names.add(name)) write("+" + name + "\n");
    }

    synchronized void remove(String name) {
        if (names.remove(name)) write("-" + name + "\n");
    }

    boolean contains(String name) {
        return names.contains(name);
    }

    Set<String> all() {
        return Set.copyOf(names);
    }

    private void write(String line) {
        if (journal.isEmpty()) return;
        try {
            Files.writeString(journal.get(), line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
