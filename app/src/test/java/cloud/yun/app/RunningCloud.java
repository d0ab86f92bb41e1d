package cloud.yun.app;

import cloud.yun.kernel.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// A simulated cloud in the test's own process, started and filled as a user's first start does it.
final class RunningCloud implements AutoCloseable {
    private final Cloud cloud;
    private final Properties passwords = new Properties();

    private RunningCloud(Config config, Path data) throws IOException {
        cloud = new Cloud(config, data);
        cloud.start();
        new FirstStart(cloud, config, data).run();
        try (var in = Files.newBufferedReader(data.resolve("passwords"))) {
            passwords.load(in);
        }
    }

    static RunningCloud simulated(Path data) throws IOException {
        return new RunningCloud(TrainCommand.simulated(), data);
    }

    static RunningCloud simulated(Path data, String database) throws IOException {
        return new RunningCloud(TrainCommand.simulated().with(YunOptions.CONNECTION, database), data);
    }

    static RunningCloud with(Config config, Path data) throws IOException {
        return new RunningCloud(config, data);
    }

    String url() {
        return "http://127.0.0.1:" + cloud.port();
    }

    Cloud cloud() {
        return cloud;
    }

    ApiClient admin() {
        return login("admin");
    }

    ApiClient demo() {
        return login("demo");
    }

    private ApiClient login(String user) {
        return ApiClient.login(url(), user, String.valueOf(passwords.getProperty(user)), user);
    }

    @Override
    public void close() {
        cloud.close();
    }
}
