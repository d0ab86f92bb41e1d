package cloud.yun.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Asks the running cloud whether database and host agree. Exit status 1 when they do not.
@Command(name = "check", description = "Ask the running cloud whether database and host agree.")
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--data", description = "Directory of the cloud's files.")
    private Path data = standardData();

    static Path standardData() {
        return "root".equals(System.getProperty("user.name"))
                ? Path.of("/var/lib/yun")
                : Path.of(System.getProperty("user.home"), ".yun");
    }

    /// The admin's, of the cloud that runs on these files; none runs: says so and returns empty.
    static Optional<ApiClient> client(Path data) throws IOException {
        if (!Files.exists(data.resolve("run/endpoints"))) {
            System.err.println("yun: no cloud runs on " + data);
            return Optional.empty();
        }
        var passwords = new Properties();
        try (var in = Files.newBufferedReader(data.resolve("passwords"))) {
            passwords.load(in);
        }
        var base = Files.readString(data.resolve("run/endpoints"))
                .lines()
                .findFirst()
                .orElse("");
        return Optional.of(ApiClient.login(
                base.substring(base.indexOf("http")), "admin", passwords.getProperty("admin"), "admin"));
    }

    @Override
    public Integer call() throws IOException {
        var client = client(data);
        if (client.isEmpty()) return 2;
        var answer = client.get().get("/yun/v1/check");
        for (var invariant : answer.get("invariants")) {
            System.out.printf(
                    "%-8s %s%n",
                    invariant.get("holds").booleanValue() ? "holds" : "BROKEN",
                    invariant.get("name").asString());
            for (var violation : invariant.get("violations")) System.out.println("         " + violation.asString());
        }
        return answer.get("violations").intValue() == 0 ? 0 : 1;
    }
}
