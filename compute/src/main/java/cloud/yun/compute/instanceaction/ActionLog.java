package cloud.yun.compute.instanceaction;

import cloud.yun.compute.server.Server;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of the `server_action` table.
public final class ActionLog {
    /// @param action Nova's name, for example `create`, `stop`
    /// @param message `Error` when it failed
    public record Action(
            String serverId,
            String requestId,
            String action,
            String projectId,
            String userId,
            Instant startedAt,
            Instant updatedAt,
            Optional<String> message) {}

    private static final String SELECT = "SELECT server_id, request_id, action, project_id, user_id, started_at,"
            + " updated_at, message FROM server_action ";

    private final Tx tx;

    public ActionLog(Tx tx) {
        this.tx = tx;
    }

    /// @return the caller in its project, or without one in the server's; what it asks is about the server
    public static Origin origin(Caller caller, Server server) {
        return new Origin(
                caller.project().map(Caller.Project::id).orElse(server.projectId()),
                caller.userId(),
                server.id(),
                caller.requestId());
    }

    public void begin(Server server, Caller caller, String action, Instant now) {
        begin(server.id(), origin(caller, server), action, now);
    }

    /// @param origin who asks, in which request
    public void begin(String serverId, Origin origin, String action, Instant now) {
        tx.update("""
                INSERT INTO server_action (server_id, request_id, action, project_id, user_id, started_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, serverId, origin.requestId(), action, origin.projectId(), origin.userId(), now, now);
    }

    public void ended(String serverId, String requestId, Instant now, boolean failed) {
        tx.update(
                "UPDATE server_action SET updated_at = ?, message = ? WHERE server_id = ? AND request_id = ?",
                now,
                failed ? Optional.of("Error") : Optional.empty(),
                serverId,
                requestId);
    }

    /// @return request id of the newest action of that name
    public Optional<String> latest(String serverId, String action) {
        return tx.first(
                "SELECT request_id FROM server_action WHERE server_id = ? AND action = ? ORDER BY number DESC LIMIT 1",
                r -> r.string("request_id"),
                serverId,
                action);
    }

    /// @return whether the request has begun that action on the server
    public boolean has(String serverId, String requestId, String action) {
        return tx.exists(
                "SELECT 1 FROM server_action WHERE server_id = ? AND request_id = ? AND action = ?",
                serverId,
                requestId,
                action);
    }

    /// @return newest first
    List<Action> of(String serverId) {
        return tx.query(SELECT + "WHERE server_id = ? ORDER BY number DESC", ActionLog::action, serverId);
    }

    Optional<Action> find(String serverId, String requestId) {
        return tx.first(SELECT + "WHERE server_id = ? AND request_id = ?", ActionLog::action, serverId, requestId);
    }

    private static Action action(Row r) throws SQLException {
        return new Action(
                r.string("server_id"),
                r.string("request_id"),
                r.string("action"),
                r.string("project_id"),
                r.string("user_id"),
                r.instant("started_at"),
                r.instant("updated_at"),
                r.optString("message"));
    }
}
