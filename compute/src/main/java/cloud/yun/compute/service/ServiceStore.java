package cloud.yun.compute.service;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of services.
final class ServiceStore {
    private static final String COLUMNS =
            "number, id, program, host, disabled, disabled_reason, forced_down, reported_at";

    /// @param program what the API calls `binary`, for example `nova-compute`
    /// @param reportedAt last heartbeat
    record Service(
            long number,
            String id,
            String program,
            String host,
            boolean disabled,
            Optional<String> disabledReason,
            boolean forcedDown,
            Instant reportedAt) {}

    private final Tx tx;

    ServiceStore(Tx tx) {
        this.tx = tx;
    }

    /// A heartbeat; the first one makes the service.
    void report(String id, String program, String host, Instant now) {
        tx.update("""
                INSERT INTO service (id, program, host, disabled, forced_down, reported_at)
                VALUES (?, ?, ?, 0, 0, ?)
                ON CONFLICT (host, program) DO UPDATE SET reported_at = excluded.reported_at
                """, id, program, host, now);
    }

    List<Service> list(Optional<String> host, Optional<String> program) {
        return Select.of(COLUMNS, "service")
                .where("host = ?", host)
                .where("program = ?", program)
                .order(Sort.asc("number"))
                .list(tx, ServiceStore::map);
    }

    Optional<Service> byId(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM service WHERE id = ?", ServiceStore::map, id);
    }

    Optional<Service> byNumber(String number) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM service WHERE CAST(number AS TEXT) = ?", ServiceStore::map, number);
    }

    Optional<Service> find(String host, String program) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM service WHERE host = ? AND program = ?", ServiceStore::map, host, program);
    }

    void set(Service service) {
        tx.update(
                "UPDATE service SET disabled = ?, disabled_reason = ?, forced_down = ? WHERE number = ?",
                service.disabled(),
                service.disabledReason(),
                service.forcedDown(),
                service.number());
    }

    void delete(Service service) {
        tx.update("DELETE FROM service WHERE number = ?", service.number());
    }

    private static Service map(Row r) throws SQLException {
        return new Service(
                r.number("number"),
                r.string("id"),
                r.string("program"),
                r.string("host"),
                r.bool("disabled"),
                r.optString("disabled_reason"),
                r.bool("forced_down"),
                r.instant("reported_at"));
    }
}
