package cloud.yun.app;

import cloud.yun.kernel.config.Config;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs the cloud until it is told to stop.
@Command(name = "serve", description = "Run the cloud in the foreground.")
final class ServeCommand implements Callable<Integer> {
    /// Which configuration files the cloud was started with; a later purge reads the same.
    static final String CONFIG_FILES = "run/config-files";

    @Option(names = "--data", description = "Directory of the cloud's files.")
    private Path data = CheckCommand.standardData();

    @Option(names = "--port", defaultValue = "-1", description = "Gateway port.")
    private int port = -1;

    @Option(names = "--config", description = "INI file; may be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--simulated", description = "Guests, networks and volumes only in memory.")
    private boolean simulated;

    @Option(names = "--no-classic-ports", description = "Only the gateway port.")
    private boolean noClassicPorts;

    @Option(names = "--foreground", description = "The launcher's; nothing more to do here.")
    private boolean foreground;

    @Option(names = "--notify", defaultValue = "", description = "File to write 'ready' to once every API answers.")
    private String notify = "";

    static int run(List<String> arguments) {
        return new CommandLine(new ServeCommand()).execute(arguments.toArray(String[]::new));
    }

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(data.resolve("log"));
        Files.createDirectories(data.resolve("run"));
        Logs.to(data.resolve("log/yun.log"));
        var log = LoggerFactory.getLogger(ServeCommand.class);
        try (var lock =
                FileChannel.open(data.resolve("run/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock held = lock.tryLock();
            if (held == null) return refuse(log, "another process serves the data directory " + data);
            return serve(log);
        } catch (Config.Wrong e) {
            return refuse(log, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("the cloud did not start", e);
            return refuse(log, "the cloud did not start: " + e.getMessage());
        }
    }

    private int serve(Logger log) throws IOException {
        var config = Config.load(Cloud.options(), files);
        Files.write(
                data.resolve(CONFIG_FILES),
                files.stream().map(f -> f.toAbsolutePath().toString()).toList());
        if (simulated) config.with(YunOptions.SIMULATED, "true");
        if (port >= 0) config.with(YunOptions.PORT, Integer.toString(port));
        if (noClassicPorts) config.with(YunOptions.CLASSIC_PORTS, "false");
        // SQLite's driver unpacks its library at each start; what a killed process leaves goes with the data directory.
        System.setProperty(
                "org.sqlite.tmpdir", data.resolve("run").toAbsolutePath().toString());
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        try (var cloud = new Cloud(config, data.toAbsolutePath())) {
            cloud.start();
            var first = new FirstStart(cloud, config, data.toAbsolutePath());
            first.run();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stop.countDown();
                await(stopped);
            }));
            Files.writeString(
                    data.resolve("run/yun.pid"), ProcessHandle.current().pid() + "\n");
            Files.writeString(data.resolve("run/endpoints"), first.greeting());
            tell("ready");
            log.info("ready on port {}", cloud.port());
            await(stop);
            // Whoever wants to start it again sees that it ends.
            Files.deleteIfExists(data.resolve("run/endpoints"));
            log.info("stopping");
        } finally {
            Files.deleteIfExists(data.resolve("run/yun.pid"));
            stopped.countDown();
        }
        return 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int refuse(Logger log, String why) throws IOException {
        log.error("{}", why);
        System.err.println("yun: " + why);
        tell(why);
        return 1;
    }

    private void tell(String line) throws IOException {
        if (!notify.isEmpty())
            Files.writeString(Path.of(notify), line.replace('\n', ' ') + "\n", StandardOpenOption.WRITE);
    }
}
