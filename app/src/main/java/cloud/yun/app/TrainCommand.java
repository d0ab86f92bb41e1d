package cloud.yun.app;

import cloud.yun.kernel.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lives through a start, a few requests and a stop of a simulated cloud, so that the JVM's AOT cache knows what
/// a start needs.
@Command(name = "train", description = "Make the AOT cache; used by the build.")
final class TrainCommand implements Callable<Integer> {
    @Option(names = "--data", required = true)
    private Path data = Path.of("");

    static Config simulated() {
        return Config.load(Cloud.options(), List.of())
                .with(YunOptions.SIMULATED, "true")
                .with(YunOptions.LISTEN, "127.0.0.1")
                .with(YunOptions.PORT, "0")
                .with(YunOptions.CLASSIC_PORTS, "false");
    }

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(data.resolve("log"));
        Logs.to(data.resolve("log/yun.log"));
        var config = simulated();
        try (var cloud = new Cloud(config, data)) {
            cloud.start();
            new FirstStart(cloud, config, data).run();
            var passwords = new java.util.Properties();
            try (var in = Files.newBufferedReader(data.resolve("passwords"))) {
                passwords.load(in);
            }
            var client =
                    ApiClient.login("http://127.0.0.1:" + cloud.port(), "demo", passwords.getProperty("demo"), "demo");
            for (var path : List.of(
                    "/compute/v2.1/servers/detail",
                    "/compute/v2.1/flavors/detail",
                    "/networking/v2.0/ports",
                    "/image/v2/images",
                    "/volume/v3/volumes/detail")) client.get(path);
        }
        return 0;
    }

    static void remove(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
