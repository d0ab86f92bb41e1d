package cloud.yun.host.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// `Commands` on the operating system.
final class SystemCommands implements Commands {
    private static final int OUTPUT_BYTES_MAX = 64 << 20;

    @Override
    public Result run(Command command) {
        Process process;
        try {
            var builder = new ProcessBuilder(command.line());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().putAll(command.environment());
            command.directory().ifPresent(d -> builder.directory(d.toFile()));
            process = builder.start();
        } catch (IOException e) {
            throw CommandFailed.notStarted(command, e);
        }
        var stdout = new Capture(process.getInputStream());
        var stderr = new Capture(process.getErrorStream());
        Thread.startVirtualThread(() -> feed(process, command.stdin()));
        long end = System.nanoTime() + command.deadline().toNanos();
        try {
            boolean ended = process.waitFor(command.deadline().toNanos(), TimeUnit.NANOSECONDS);
            // The output ends when the last holder of the pipe does, which may be a child left in the background.
            if (!ended || !stdout.await(end) || !stderr.await(end)) {
                kill(process);
                throw CommandFailed.timeout(command, stderr.text());
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            throw CommandFailed.notStarted(command, e);
        }
        var result = new Result(process.exitValue(), stdout.text(), stderr.text());
        if (!command.accepted().contains(result.exitCode())) {
            throw CommandFailed.exit(
                    command, result.exitCode(), result.stderr().isBlank() ? lastOf(result.stdout()) : result.stderr());
        }
        return result;
    }

    private static String lastOf(String text) {
        return text.substring(Math.max(0, text.length() - 2000));
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static void feed(Process process, byte[] input) {
        try (var out = process.getOutputStream()) {
            out.write(input);
        } catch (IOException e) {
            // A program that does not read its input is judged by its exit code, not by the broken pipe.
            org.slf4j.LoggerFactory.getLogger(SystemCommands.class).trace("input not taken", e);
        }
    }

    /// One output stream, drained as it comes so that the program never blocks on a full pipe.
    private static final class Capture {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;

        Capture(InputStream stream) {
            reader = Thread.startVirtualThread(() -> drain(stream));
        }

        private void drain(InputStream stream) {
            byte[] buffer = new byte[8192];
            try (stream) {
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    synchronized (bytes) {
                        if (bytes.size() < OUTPUT_BYTES_MAX) bytes.write(buffer, 0, n);
                    }
                }
            } catch (IOException e) {
                // The stream is closed under us when the process is killed: what was read so far is the output.
                org.slf4j.LoggerFactory.getLogger(SystemCommands.class).trace("output cut", e);
            }
        }

        boolean await(long endNanos) throws InterruptedException {
            long left = endNanos - System.nanoTime();
            // A program that ended in the last millisecond still gets a moment for its pipe.
            return reader.join(java.time.Duration.ofNanos(Math.max(left, 100_000_000L)));
        }

        String text() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
