package cloud.yun.identity.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private static final int ATTEMPTS = 50;

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
            if (!isSetUp()) locked(this::setUp);
            var time = Files.getLastModifiedTime(directory);
            if (!keys.isEmpty() && time.equals(modified)) return;
            keys = read();
            modified = time;
        } catch (IOException e) {
            throw new UncheckedIOException("The key repository " + directory + " cannot be read.", e);
        }
    }

    /// Another process may rotate meanwhile. Each rotation adds a number for good, so what was read belongs together
    /// when the numbers are still the same afterwards.
    private List<Fernet.Key> read() throws IOException {
        for (int attempt = 1; ; attempt++) {
            var found = numbered();
            try {
                var read = new ArrayList<Fernet.Key>();
                for (var file : found.descendingMap().values()) read.add(Fernet.Key.of(Files.readString(file)));
                if (!read.isEmpty() && numbered().keySet().equals(found.keySet())) return List.copyOf(read);
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS) throw e;
            }
            if (attempt == ATTEMPTS) throw new IOException("the keys change all the time");
        }
    }

    /// Makes the staged key the primary, stages a new one and drops the oldest ones beyond `activeMax`. Any number of
    /// processes may call it, one after the other, while others read.
    ///
    /// @param activeMax keys at most, the staged and the primary one included
    /// @return how many keys there are now
    public synchronized int rotate(int activeMax) {
        try {
            locked(() -> {
                setUp();
                var found = numbered();
                int next = found.lastKey() + 1;
                var staged = found.get(0);
                if (staged != null) Files.move(staged, directory.resolve(Integer.toString(next)));
                write("0", Fernet.Key.random());
                var secondary = new ArrayList<>(numbered().entrySet());
                secondary.removeIf(e -> e.getKey() == 0);
                for (int i = 0; secondary.size() - i > Math.max(1, activeMax - 1); i++)
                    Files.delete(secondary.get(i).getValue());
            });
            lookedAt = 0;
            modified = null;
            return numbered().size();
        } catch (IOException e) {
            throw new UncheckedIOException("The key repository " + directory + " cannot be rotated.", e);
        }
    }

    /// What is wrong with the repository, in the operator's words; it is only looked at, never set up.
    public List<String> defects() {
        var found = new ArrayList<String>();
        try {
            if (!isSetUp()) return List.of(directory + " has no keys yet; they are made at the first start");
            others(directory).ifPresent(found::add);
            var all = numbered();
            for (var file : all.values()) {
                others(file).ifPresent(found::add);
                try {
                    Fernet.Key.of(Files.readString(file));
                } catch (IllegalArgumentException | IOException e) {
                    found.add(file + " is not a key that can be read");
                }
            }
            if (!all.containsKey(0)) found.add(directory + " has no staged key 0; rotate once");
        } catch (IOException e) {
            found.add(directory + " cannot be read: " + e.getMessage());
        }
        return found;
    }

    private static Optional<String> others(Path file) throws IOException {
        var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        return mode.endsWith("------")
                ? Optional.empty()
                : Optional.of(file + " is open to others than its owner (" + mode + "); chmod go= it");
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    /// The lock stands beside the directory, in which Keystone too must find nothing that it cannot read.
    private void locked(Change change) throws IOException {
        var parent = directory.toAbsolutePath().getParent();
        if (parent != null) Files.createDirectories(parent);
        var file = directory.resolveSibling(directory.getFileName() + ".lock");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            change.make();
        }
    }

    private boolean isSetUp() throws IOException {
        return Files.isDirectory(directory) && !numbered().isEmpty();
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
        if (isSetUp()) return;
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
        // An operator may rotate as root what the cloud reads as another user.
        var owner = Files.getOwner(directory);
        if (!Files.getOwner(aside).equals(owner)) Files.setOwner(aside, owner);
        Files.move(aside, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
