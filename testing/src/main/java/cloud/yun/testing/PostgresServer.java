package cloud.yun.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A real PostgreSQL for one test JVM: made on first use in a temporary directory, stopped and removed at exit.
///
/// PostgreSQL refuses to run as root, so root starts it as the `postgres` user of Debian's package.
public final class PostgresServer {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static volatile Optional<PostgresServer> running = Optional.empty();

    private final Path directory;
    private final Path binaries;
    private final int port;

    private PostgresServer(Path directory, Path binaries, int port) {
        this.directory = directory;
        this.binaries = binaries;
        this.port = port;
    }

    /// @return the JDBC address of a new, empty database
    /// @throws IllegalStateException no PostgreSQL is installed or it does not start
    public static String newDatabase() {
        var server = start();
        String name = "t" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        server.run(
                "createdb", "-h", server.directory.toString(), "-p", Integer.toString(server.port), "-U", "yun", name);
        return "jdbc:postgresql://127.0.0.1:" + server.port + "/" + name + "?user=yun";
    }

    private static synchronized PostgresServer start() {
        if (running.isPresent()) return running.get();
        try {
            var binaries = binaries();
            var directory = Files.createTempDirectory(Path.of("/tmp"), "yun-pg");
            int port;
            try (var probe = new ServerSocket(0)) {
                port = probe.getLocalPort();
            }
            var server = new PostgresServer(directory, binaries, port);
            if (root()) execute(List.of("chown", "postgres:postgres", directory.toString()));
            server.run("initdb", "-D", directory + "/data", "-U", "yun", "-A", "trust", "-E", "UTF8", "--no-sync");
            server.run(
                    "pg_ctl",
                    "-D",
                    directory + "/data",
                    "-w",
                    "-l",
                    directory + "/log",
                    "-o",
                    "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + directory
                            + " -c fsync=off -c max_connections=200",
                    "start");
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
            running = Optional.of(server);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stop() {
        try {
            run("pg_ctl", "-D", directory + "/data", "-m", "immediate", "stop");
        } finally {
            remove(directory);
        }
    }

    private void run(String program, String... arguments) {
        var command = new ArrayList<String>();
        if (root())
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"));
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        execute(command);
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static Path binaries() throws IOException {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(v -> v.resolve("bin"))
                    .filter(b -> Files.isExecutable(b.resolve("initdb")))
                    .max(Path::compareTo)
                    .orElseThrow(() -> new IllegalStateException("no PostgreSQL server is installed"));
        }
    }

    private static void execute(List<String> command) {
        try {
            var log = Files.createTempFile("yun-pg", ".out");
            var process = new ProcessBuilder(command)
                    .directory(Path.of("/tmp").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " did not end in 60 s");
            }
            String out = Files.readString(log);
            Files.delete(log);
            if (process.exitValue() != 0) throw new IllegalStateException(command + ": " + out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void remove(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
