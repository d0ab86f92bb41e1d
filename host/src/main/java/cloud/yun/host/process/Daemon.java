package cloud.yun.host.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// A program in the background that outlives us, known by its pid file.
///
/// It runs in the foreground mode of its program, in a session of its own (`setsid`), with its output in a log
/// file, and goes to init when we end. Another instance of this class with the same pid file finds it again.
///
/// A pid can be taken over by a stranger after a crash: a process counts as ours only if its command line
/// holds `mark`.
///
/// @param name for messages
/// @param mark a text unique to this daemon in its command line: the path of its configuration, for example
/// @param log where its output goes, appended
public record Daemon(String name, Path pidFile, String mark, Path log) {
    private static final Duration STEP = Duration.ofMillis(10);

    /// A daemon that did not become ready, or did not end.
    public static final class DaemonFailed extends RuntimeException {
        DaemonFailed(String message) {
            super(message);
        }
    }

    /// @return its process id while it runs
    public OptionalLong pid() {
        long pid;
        try {
            pid = Long.parseLong(Files.readString(pidFile).strip().split("\\s", 2)[0]);
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        } catch (NumberFormatException e) {
            // Cut short by a crash or a full disk: nobody can be found by it.
            return OptionalLong.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return commandLine(pid).filter(line -> line.contains(mark)).isPresent()
                ? OptionalLong.of(pid)
                : OptionalLong.empty();
    }

    public boolean running() {
        return pid().isPresent();
    }

    /// Starts it unless it runs, and returns when it is ready.
    ///
    /// @param command the program in its foreground mode; its deadline is the time it has to become ready
    /// @param ready asked until true
    /// @return true if it was started now, false if it already ran
    /// @throws DaemonFailed it ended, or was not ready in time; it is stopped then
    public boolean start(Command command, BooleanSupplier ready) {
        boolean started = !running();
        OptionalLong launched = OptionalLong.empty();
        if (started) launched = OptionalLong.of(launch(command));
        long end = System.nanoTime() + command.deadline().toNanos();
        while (!ready.getAsBoolean()) {
            boolean alive = launched.isPresent()
                    ? ProcessHandle.of(launched.getAsLong())
                            .filter(ProcessHandle::isAlive)
                            .isPresent()
                    : running();
            if (!alive) {
                String why = logTail();
                stop(Duration.ofSeconds(5));
                throw new DaemonFailed(name + " ended at once: " + command.redact(why));
            }
            if (System.nanoTime() > end) {
                String why = logTail();
                stop(Duration.ofSeconds(5));
                throw new DaemonFailed(
                        name + " was not ready after " + command.deadline() + ": " + command.redact(why));
            }
            pause();
        }
        return started;
    }

    private long launch(Command command) {
        try {
            Files.createDirectories(Optional.ofNullable(pidFile.getParent()).orElse(Path.of(".")));
            Files.createDirectories(Optional.ofNullable(log.getParent()).orElse(Path.of(".")));
            var line = new ArrayList<String>(List.of(Programs.find("setsid")));
            line.addAll(command.line());
            var builder = new ProcessBuilder(line)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()));
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().putAll(command.environment());
            // Daemons must not hold a directory that somebody wants to remove or unmount.
            builder.directory(command.directory().orElse(Path.of("/")).toFile());
            // The child is no group leader, so setsid and nsenter become the program without a fork: the pid is its
            // own.
            long pid = builder.start().pid();
            Path fresh = pidFile.resolveSibling(pidFile.getFileName() + ".new");
            Files.writeString(fresh, pid + "\n");
            Files.move(fresh, pidFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return pid;
        } catch (IOException e) {
            throw CommandFailed.notStarted(command, e);
        }
    }

    /// Makes it read its configuration again.
    ///
    /// @return false when it does not run
    public boolean reload() {
        var pid = pid();
        return pid.isPresent() && Signals.send(pid.getAsLong(), Signals.HUP);
    }

    /// Stops it: SIGTERM, and SIGKILL when the grace is over. Removes the pid file. Nothing happens if it does
    /// not run.
    public void stop(Duration grace) {
        var found = pid();
        if (found.isPresent()) {
            long pid = found.getAsLong();
            Signals.send(pid, Signals.TERM);
            if (!gone(pid, grace)) {
                Signals.send(pid, Signals.KILL);
                if (!gone(pid, Duration.ofSeconds(10))) throw new DaemonFailed(name + " does not end: process " + pid);
            }
        }
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @return the last part of its log, for messages
    public String logTail() {
        try (var file = java.nio.channels.FileChannel.open(log)) {
            long from = Math.max(0, file.size() - 2000);
            var buffer = java.nio.ByteBuffer.allocate((int) Math.min(2000, file.size()));
            while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) > 0) {}
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean gone(long pid, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (commandLine(pid).filter(line -> line.contains(mark)).isPresent()) {
            if (System.nanoTime() > end) return false;
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DaemonFailed("interrupted");
        }
    }

    /// A zombie has an empty command line and counts as gone.
    private static Optional<String> commandLine(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .replace('\0', ' ')
                    .strip();
            return Optional.of(line).filter(l -> !l.isEmpty());
        } catch (IOException e) {
            // No such process; or it ended between open and read (ESRCH).
            return Optional.empty();
        }
    }
}
