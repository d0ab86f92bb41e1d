package cloud.yun.app;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A simulated cloud as a process of its own, to be killed.
final class CloudProcess implements AutoCloseable {
    private final Process process;
    private final Path data;
    private final int port;

    private CloudProcess(Process process, Path data, int port) {
        this.process = process;
        this.data = data;
        this.port = port;
    }

    /// @param options lines of a configuration file
    static CloudProcess start(Path data, String options) throws IOException {
        int port;
        try (var probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        var config = Files.writeString(data.resolve("test.conf"), options);
        var notify = Files.writeString(data.resolve("notify"), "");
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "cloud.yun.app.Main",
                "serve",
                "--simulated",
                "--no-classic-ports"));
        command.addAll(List.of("--port", Integer.toString(port), "--data", data.toString()));
        command.addAll(List.of("--config", config.toString(), "--notify", notify.toString()));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(data.resolve("out.log").toFile()))
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!process.isAlive()) return true;
                    return Files.readString(notify).contains("\n");
                });
        return new CloudProcess(process, data, port);
    }

    boolean alive() {
        return process.isAlive();
    }

    /// A connection breaks a moment before the process is seen to be gone.
    ///
    /// @return whether it is gone by now, or within some seconds
    boolean died() {
        try {
            return process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    ApiClient login(String user) throws IOException {
        var passwords = new Properties();
        try (var in = Files.newBufferedReader(data.resolve("passwords"))) {
            passwords.load(in);
        }
        return ApiClient.login("http://127.0.0.1:" + port, user, String.valueOf(passwords.getProperty(user)), user);
    }

    /// As SIGKILL does: nothing is flushed, no hook runs.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
