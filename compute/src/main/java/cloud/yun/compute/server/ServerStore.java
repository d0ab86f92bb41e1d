package cloud.yun.compute.server;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.Server.Fault;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// SQL of the `server` table, and the only place where a server's state changes.
public final class ServerStore {
    static final String COLUMNS =
            "number, id, project_id, user_id, name, hostname, description, vm_state, task_state, power_state, host,"
                    + " zone, wanted, flavor, image_id, key_name, config_drive, reservation_id, launch_index,"
                    + " metadata, access_v4, access_v6, locked_by, locked_reason, fault, password, created_at,"
                    + " updated_at, launched_at, terminated_at, deleted_at, generation";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM server ";

    /// The guest was made, or made anew.
    private static final Set<VmState.Event> LAUNCHES = EnumSet.of(
            VmState.Event.SPAWNED,
            VmState.Event.REBUILT,
            VmState.Event.RESIZED,
            VmState.Event.EVACUATED,
            VmState.Event.EVACUATED_OFF);

    private final Tx tx;
    private final ServerRows rows = new ServerRows();

    public ServerStore(Tx tx) {
        this.tx = tx;
    }

    public void insert(Server s) {
        tx.update(
                """
                INSERT INTO server (id, project_id, user_id, name, hostname, description, vm_state, task_state,
                                    power_state, wanted, flavor_id, flavor, image_id, key_name, config_drive,
                                    auto_disk_config, reservation_id, launch_index, metadata, access_v4, access_v6, password,
                                    created_at, updated_at, generation)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                """,
                s.id(),
                s.projectId(),
                s.userId(),
                s.name(),
                s.hostname(),
                s.description(),
                s.vmState(),
                s.taskState(),
                s.powerState(),
                Json.text(s.wanted()),
                s.flavor().id(),
                Json.text(s.flavor()),
                s.imageId(),
                s.keyName(),
                s.configDrive(),
                s.wanted().autoDiskConfig(),
                s.reservationId(),
                s.launchIndex(),
                Json.text(s.metadata()),
                s.accessV4(),
                s.accessV6(),
                s.password(),
                s.createdAt(),
                s.createdAt());
    }

    /// @return the server, unless it is deleted
    public Optional<Server> find(String id) {
        return tx.first(SELECT + "WHERE id = ? AND deleted_at IS NULL", rows::server, id);
    }

    /// @return the server, also a deleted one
    public Optional<Server> findAny(String id) {
        return tx.first(SELECT + "WHERE id = ?", rows::server, id);
    }

    /// @throws NotFound in Nova's words
    public Server require(String id) {
        return find(id).orElseThrow(() -> new NotFound("Instance", id));
    }

    /// For writing: nobody else changes the row until the transaction ends.
    ///
    /// @throws NotFound in Nova's words
    public Server lock(String id) {
        return tx.first(
                        SELECT + "WHERE id = ? AND deleted_at IS NULL"
                                + tx.dialect().forUpdate(),
                        rows::server,
                        id)
                .orElseThrow(() -> new NotFound("Instance", id));
    }

    /// @return all servers but deleted ones, for checks
    public List<Server> all() {
        return tx.query(SELECT + "WHERE deleted_at IS NULL ORDER BY id", rows::server);
    }

    public List<Server> onHost(String host) {
        return tx.query(SELECT + "WHERE host = ? AND deleted_at IS NULL ORDER BY number", rows::server, host);
    }

    /// @return what is there of a user's in a project
    public List<Server> ofUser(String projectId, String userId) {
        return tx.query(
                SELECT + "WHERE project_id = ? AND user_id = ? AND deleted_at IS NULL ORDER BY number",
                rows::server,
                projectId,
                userId);
    }

    public Map<String, Integer> countByHost() {
        var found = new LinkedHashMap<String, Integer>();
        tx.query(
                "SELECT host, COUNT(*) AS n FROM server WHERE host IS NOT NULL AND deleted_at IS NULL GROUP BY host",
                r -> found.put(r.string("host"), r.integer("n")));
        return found;
    }

    /// @return servers to the host they are on, those without one left out
    public Map<String, String> hostsOf(Collection<String> ids) {
        var found = new LinkedHashMap<String, String>();
        if (ids.isEmpty()) return found;
        tx.query(
                "SELECT id, host FROM server WHERE host IS NOT NULL AND deleted_at IS NULL AND id IN ("
                        + Tx.marks(ids.size()) + ")",
                r -> found.put(r.string("id"), r.string("host")),
                ids.toArray());
        return found;
    }

    public List<Server> livedBetween(Optional<String> projectId, Instant from, Instant to) {
        return projectId
                .map(p -> tx.query(
                        SELECT + "WHERE project_id = ? AND created_at < ? AND (deleted_at IS NULL OR deleted_at > ?)"
                                + " ORDER BY created_at, id",
                        rows::server,
                        p,
                        to,
                        from))
                .orElseGet(() -> tx.query(
                        SELECT + "WHERE created_at < ? AND (deleted_at IS NULL OR deleted_at > ?)"
                                + " ORDER BY created_at, id",
                        rows::server,
                        to,
                        from));
    }

    /// Something begins, or goes on with its next step.
    ///
    /// @throws Conflict the table has no such move, or another writer was first
    public void begin(Server seen, TaskState.Event event, Instant now) {
        var to = TaskState.TABLE
                .next(seen.taskState(), event)
                .orElseThrow(() -> busy(
                        seen, event.name().toLowerCase(java.util.Locale.ROOT).replace("reboot_soft", "reboot")));
        changed(seen, tx.update("""
                        UPDATE server
                           SET task_state = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """, to, now, seen.id(), seen.generation()));
    }

    /// Something ended: nothing is being done to the server any more.
    ///
    /// @throws Conflict the table has no such move, or another writer was first
    public void end(Server seen, VmState.Event event, PowerState power, Instant now) {
        var to = VmState.TABLE
                .next(seen.vmState(), event)
                .orElseThrow(
                        () -> new Conflict("Instance " + seen.id() + " in " + seen.vmState() + " has no " + event));
        var task = TaskState.TABLE.next(seen.taskState(), TaskState.Event.END).orElseThrow();
        changed(
                seen,
                tx.update(
                        """
                        UPDATE server
                           SET vm_state = ?, task_state = ?, power_state = ?, updated_at = ?,
                               launched_at = COALESCE(?, launched_at), terminated_at = ?, deleted_at = ?,
                               fault = CASE WHEN ? = 'ERROR' THEN fault ELSE NULL END,
                               generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """,
                        to,
                        task,
                        power,
                        now,
                        LAUNCHES.contains(event) ? Optional.of(now) : Optional.empty(),
                        to == VmState.DELETED ? Optional.of(now) : Optional.empty(),
                        to == VmState.DELETED ? Optional.of(now) : Optional.empty(),
                        to,
                        seen.id(),
                        seen.generation()));
    }

    /// The guest is not as it was, and the server is still what it was.
    public void power(Server seen, PowerState power, Instant now) {
        changed(seen, tx.update("""
                        UPDATE server
                           SET power_state = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """, power, now, seen.id(), seen.generation()));
    }

    /// What was begun did not happen and the server is as it was.
    public void back(Server seen, Instant now) {
        changed(
                seen,
                tx.update(
                        """
                        UPDATE server
                           SET task_state = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """,
                        TaskState.TABLE
                                .next(seen.taskState(), TaskState.Event.END)
                                .orElseThrow(),
                        now,
                        seen.id(),
                        seen.generation()));
    }

    /// The scheduler chose; the next step of the build begins.
    public void place(Server seen, String host, String zone, TaskState.Event event, Instant now) {
        changed(
                seen,
                tx.update(
                        """
                        UPDATE server
                           SET host = ?, zone = ?, task_state = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """,
                        host,
                        zone,
                        TaskState.TABLE.next(seen.taskState(), event).orElseThrow(() -> busy(seen, "build")),
                        now,
                        seen.id(),
                        seen.generation()));
    }

    /// The zone that its user names now; empty: any.
    public void pin(String id, Optional<String> zone) {
        var wanted = Json.storedObject(Json.text(require(id).wanted())).put("zone", zone.orElse(null));
        tx.update("UPDATE server SET wanted = ?, generation = generation + 1 WHERE id = ?", wanted, id);
    }

    /// No host has it any more.
    public void unplace(String id) {
        tx.update("UPDATE server SET host = NULL, zone = NULL, generation = generation + 1 WHERE id = ?", id);
    }

    /// Another flavor, another host, or both.
    public void resize(Server seen, Shape shape, String host, Optional<String> zone, Instant now) {
        var wanted = Json.storedObject(Json.text(seen.wanted()))
                .put("ephemeralGib", shape.ephemeralGib())
                .put("swapMib", shape.swapMib());
        changed(
                seen,
                tx.update(
                        """
                        UPDATE server
                           SET flavor_id = ?, flavor = ?, wanted = ?, host = ?, zone = ?, updated_at = ?,
                               generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """,
                        shape.flavor().id(),
                        Json.text(shape.flavor()),
                        wanted,
                        host,
                        zone,
                        now,
                        seen.id(),
                        seen.generation()));
    }

    public void fault(String id, Fault fault) {
        tx.update("UPDATE server SET fault = ?, generation = generation + 1 WHERE id = ?", Json.text(fault), id);
    }

    /// A new first password, until the guest runs.
    public void adminPassword(Server seen, String text) {
        var wanted = Json.storedObject(Json.text(seen.wanted())).put("adminPassword", text);
        tx.update("UPDATE server SET wanted = ?, generation = generation + 1 WHERE id = ?", wanted, seen.id());
    }

    /// The guest runs: nobody needs its first password any more.
    public void forgetPassword(Server seen) {
        if (seen.wanted().adminPassword().isEmpty()) return;
        tx.update(
                "UPDATE server SET wanted = ?, generation = generation + 1 WHERE id = ?",
                Json.text(seen.wanted().withoutPassword()),
                seen.id());
    }

    public void rename(
            Server seen,
            String name,
            String hostname,
            Optional<String> description,
            Optional<String> v4,
            Optional<String> v6,
            String diskConfig,
            Instant now) {
        var wanted = Json.storedObject(Json.text(seen.wanted())).put("diskConfig", diskConfig);
        changed(
                seen,
                tx.update(
                        """
                        UPDATE server
                           SET name = ?, hostname = ?, description = ?, access_v4 = ?, access_v6 = ?, wanted = ?,
                               auto_disk_config = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """,
                        name,
                        hostname,
                        description,
                        v4,
                        v6,
                        wanted,
                        auto(diskConfig),
                        now,
                        seen.id(),
                        seen.generation()));
    }

    /// A rebuild: the same server with other contents.
    public void revise(Server seen, Revision r, Instant now) {
        changed(
                seen,
                tx.update(
                        """
                        UPDATE server
                           SET name = ?, hostname = ?, description = ?, image_id = ?, key_name = ?, metadata = ?,
                               access_v4 = ?, access_v6 = ?, wanted = ?, auto_disk_config = ?, updated_at = ?,
                               generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """,
                        r.name(),
                        r.hostname(),
                        r.description(),
                        r.imageId(),
                        r.keyName(),
                        Json.text(r.metadata()),
                        r.accessV4(),
                        r.accessV6(),
                        Json.text(r.wanted()),
                        r.wanted().autoDiskConfig(),
                        now,
                        seen.id(),
                        seen.generation()));
    }

    public void diskConfig(Server seen, String diskConfig, Instant now) {
        var wanted = Json.storedObject(Json.text(seen.wanted())).put("diskConfig", diskConfig);
        changed(seen, tx.update("""
                        UPDATE server
                           SET wanted = ?, auto_disk_config = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """, wanted, auto(diskConfig), now, seen.id(), seen.generation()));
    }

    private static boolean auto(String diskConfig) {
        return diskConfig.equals("AUTO");
    }

    public void metadata(Server seen, Map<String, String> metadata, Instant now) {
        changed(seen, tx.update("""
                        UPDATE server
                           SET metadata = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """, Json.text(metadata), now, seen.id(), seen.generation()));
    }

    public void lockedBy(Server seen, Optional<String> who, Optional<String> reason, Instant now) {
        changed(seen, tx.update("""
                        UPDATE server
                           SET locked_by = ?, locked_reason = ?, updated_at = ?, generation = generation + 1
                         WHERE id = ? AND generation = ?
                        """, who, reason, now, seen.id(), seen.generation()));
    }

    public void password(String id, String text) {
        tx.update("UPDATE server SET password = ?, generation = generation + 1 WHERE id = ?", text, id);
    }

    private static void changed(Server seen, int rows) {
        if (rows == 0) throw new Conflict("Instance " + seen.id() + " was changed by another request.");
    }

    static Conflict busy(Server seen, String action) {
        return new Conflict("Cannot '" + action + "' instance " + seen.id() + " while it is in task_state "
                + seen.taskState().wire());
    }
}
