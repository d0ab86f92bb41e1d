package cloud.yun.identity.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A key repository in Keystone's layout: files named by numbers; the highest is the primary key, which makes
/// tokens; `0` is the staged key, the next primary; all of them read tokens. Read again within a second of a
/// change.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/fernet-token-faq.html">Fernet keys in
///     Keystone</a>
public final class FernetKeys {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private volatile List<Fernet.Key> keys = List.of();
    private volatile long lookedAt;
    private @Nullable FileTime modified;

    public FernetKeys(Path directory) {
        this.directory = directory;
    }

    /// @return primary first, then the others from new to old
    public List<Fernet.Key> all() {
        if (keys.isEmpty() || System.nanoTime() - lookedAt > LOOK_NANOS) look();
        return keys;
    }

    public Fernet.Key primary() {
        return all().getFirst();
    }

    private synchronized void look() {
        lookedAt = System.nanoTime();
        try {
            if (!Files.isDirectory(directory)) setUp();
            var time = Files.getLastModifiedTime(directory);
            if (!keys.isEmpty() && time.equals(modified)) return;
            var found = numbered();
            if (found.isEmpty()) {
                setUp();
                found = numbered();
            }
            var read = new ArrayList<Fernet.Key>();
            for (var file : found.descendingMap().values()) read.add(Fernet.Key.of(Files.readString(file)));
            keys = List.copyOf(read);
            modified = time;
        } catch (IOException e) {
            throw new UncheckedIOException("The key repository " + directory + " cannot be read.", e);
        }
    }

    /// Makes the staged key the primary, stages a new one and drops the oldest ones beyond `activeMax`.
    public synchronized void rotate(int activeMax) {
        try {
            if (!Files.isDirectory(directory)) setUp();
            var found = numbered();
            int next = found.lastKey() + 1;
            var staged = found.get(0);
            if (staged != null) Files.move(staged, directory.resolve(Integer.toString(next)));
            write("0", Fernet.Key.random());
            var secondary = new ArrayList<>(numbered().entrySet());
            secondary.removeIf(e -> e.getKey() == 0);
            for (int i = 0; secondary.size() - i > Math.max(1, activeMax - 1); i++)
                Files.delete(secondary.get(i).getValue());
            lookedAt = 0;
            modified = null;
        } catch (IOException e) {
            throw new UncheckedIOException("The key repository " + directory + " cannot be rotated.", e);
        }
    }

    private TreeMap<Integer, Path> numbered() throws IOException {
        var found = new TreeMap<Integer, Path>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(f -> f.getFileName().toString().matches("\\d{1,9}"))
                    .forEach(f -> found.put(Integer.valueOf(f.getFileName().toString()), f));
        }
        return found;
    }

    private void setUp() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        write("1", Fernet.Key.random());
        write("0", Fernet.Key.random());
    }

    /// Written aside and moved, so that no reader ever sees half a key.
    private void write(String name, String key) throws IOException {
        var aside = Files.createTempFile(
                directory,
                "new",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(aside, key);
        Files.move(aside, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
