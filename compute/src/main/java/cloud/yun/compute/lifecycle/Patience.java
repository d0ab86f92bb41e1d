package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import java.time.Duration;
import java.util.List;

/// How long a guest may take to shut down by itself.
public final class Patience {
    private static final Option<Duration> TIMEOUT = Option.seconds(
            "DEFAULT",
            "shutdown_timeout",
            60,
            "How long a guest may take to shut down before it is powered off, in seconds. 0: at once. The image"
                    + " property os_shutdown_timeout overrides it.");
    /// Nova's SHUTDOWN_RETRY_INTERVAL.
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final Database db;
    private final Config config;

    Patience(Database db, Config config) {
        this.db = db;
        this.config = config;
    }

    public static List<Option<?>> options() {
        return List.of(TIMEOUT);
    }

    Duration of(String serverId) {
        return timeout(db.read(tx -> new ServerStore(tx).require(serverId)));
    }

    private Duration timeout(Server server) {
        var own = server.wanted().imageProperties().get("os_shutdown_timeout");
        return own != null && own.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(own)) : config.get(TIMEOUT);
    }

    /// The shutdown signal is repeated so often while the guest ignores it.
    Duration retry() {
        return RETRY;
    }
}
