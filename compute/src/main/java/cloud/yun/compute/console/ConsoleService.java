package cloud.yun.compute.console;

import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.server.Servers;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Who may see which server's screen: tokens that open one server's console for a short time.
public final class ConsoleService {
    static final String RULE = "os_compute_api:os-remote-consoles";

    private static final Option<Duration> TOKEN_TTL =
            Option.seconds("consoleauth", "token_ttl", 600, "Seconds for which a console's address can be opened.");
    private static final Option<Boolean> VNC =
            Option.bool("vnc", "enabled", true, "Whether servers have a VNC console.");
    private static final int TOKEN_BYTES = 32;

    /// Where the guest's VNC server listens.
    record Screen(String serverId, String host, String address, int port) {}

    private final Database db;
    private final Clock clock;
    private final Policy policy;
    private final Servers servers;
    private final Agents agents;
    private final Duration life;
    private final boolean enabled;
    private final SecureRandom random = new SecureRandom();

    public ConsoleService(Database db, Clock clock, Policy policy, Servers servers, Agents agents, Config config) {
        this.db = db;
        this.clock = clock;
        this.policy = policy;
        this.servers = servers;
        this.agents = agents;
        this.life = config.get(TOKEN_TTL);
        this.enabled = config.get(VNC);
    }

    public static List<Option<?>> options() {
        return List.of(TOKEN_TTL, VNC);
    }

    /// @param type `novnc`; other types are refused by name
    /// @return a token for one server's console: a secret
    /// @throws Conflict the server does not run
    String create(Caller caller, String serverId, String type) {
        var server = db.read(tx -> servers.require(tx, caller, serverId));
        policy.require(caller, RULE, Target.project(server.projectId()));
        if (!type.equals("novnc") || !enabled) throw new Invalid("Unavailable console type " + type + ".");
        var host = server.host().orElseThrow(ConsoleService::notReady);
        var vnc = agents.vnc(host, serverId).orElseThrow(ConsoleService::notReady);
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        db.write(tx -> {
            tx.update("DELETE FROM console_token WHERE expires_at < ?", clock.instant());
            tx.update(
                    "INSERT INTO console_token (hash, server_id, host, address, port, expires_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    hash(token),
                    serverId,
                    host,
                    vnc.host(),
                    vnc.port(),
                    clock.instant().plus(life));
        });
        return token;
    }

    private static Conflict notReady() {
        return new Conflict("Instance not yet ready");
    }

    /// @throws NotFound there is no such token, it is too old, or its server is gone or elsewhere
    Screen open(String token) {
        return db.read(tx -> tx.first(
                                "SELECT server_id, host, address, port FROM console_token"
                                        + " WHERE hash = ? AND expires_at >= ?",
                                ConsoleService::map,
                                hash(token),
                                clock.instant())
                        // The port may be another guest's by now, if the server is not there any more.
                        .filter(t -> servers.find(tx, t.serverId())
                                .flatMap(Servers.Summary::host)
                                .equals(Optional.of(t.host()))))
                .orElseThrow(() -> new NotFound("Token not found"));
    }

    private static Screen map(Row r) throws SQLException {
        return new Screen(r.string("server_id"), r.string("host"), r.string("address"), r.integer("port"));
    }

    private static String hash(String token) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
