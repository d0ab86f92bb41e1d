package cloud.yun.network.linuxbridge;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongPredicate;

/// A program with one configuration file, that outlives us and is found again by its pid file.
///
/// The file's name holds a hash of its text, and the program's command line holds the file's name: so what runs
/// with an
/// older text is known as such, also when a crash came between writing and restarting.
///
/// @param directory holds the file, the pid file and the log
record ConfiguredDaemon(String name, Path directory) {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /// Makes it run with this text.
    ///
    /// @param command the program in its foreground mode, from its configuration file
    /// @param ready asked with the process id until true
    /// @return true when it was started now, false when it already ran so
    boolean ensure(String text, Function<Path, Command> command, LongPredicate ready) {
        Path file = directory.resolve(name + "-" + hash(text) + ".conf");
        Daemon wanted = daemon(file.toString());
        if (!wanted.running()) stop();
        write(file, text);
        return wanted.start(command.apply(file), () -> {
            var pid = wanted.pid();
            return pid.isPresent() && ready.test(pid.getAsLong());
        });
    }

    boolean reload() {
        return any().reload();
    }

    boolean running() {
        return any().running();
    }

    /// Stops it, whatever its text; its configuration goes too.
    void stop() {
        any().stop(GRACE);
        if (!Files.isDirectory(directory)) return;
        try (var files = Files.newDirectoryStream(directory, name + "-*.conf")) {
            for (Path file : files) Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Daemon any() {
        return daemon(directory.resolve(name + "-").toString());
    }

    private Daemon daemon(String mark) {
        return new Daemon(name, directory.resolve(name + ".pid"), mark, directory.resolve(name + ".log"));
    }

    /// Writes a file as a whole: a reader sees the old text or the new one.
    static void write(Path file, String text) {
        try {
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes a directory of ours with its files; succeeds when it is gone.
    static void deleteDirectory(Path directory) {
        if (!Files.isDirectory(directory)) return;
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @return the names in a directory; none when it is not there
    static java.util.List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) return java.util.List.of();
        try (var files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param table `tcp` or `udp`
    /// @return whether somebody in the network namespace of a process receives on an IPv4 port
    static boolean listens(long pid, String table, int port) {
        try {
            String end = String.format(java.util.Locale.ROOT, ":%04X", port);
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", table)).stream()
                    .map(line -> line.strip().split("\\s+"))
                    // 0A: a listening TCP socket; a UDP socket that receives is in 07.
                    .anyMatch(f -> f.length > 3 && f[1].endsWith(end) && (f[3].equals("0A") || f[3].equals("07")));
        } catch (IOException e) {
            // The process has just ended, which the caller sees for itself.
            return false;
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
