package cloud.yun.compute.service;

import cloud.yun.compute.driver.HypervisorDriver.Host;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of hypervisors: one for each host that reported.
final class HypervisorStore {
    private static final String SELECT = """
            SELECT number, id, host, hostname, type, version, cpu_info, host_ip, vcpus, memory_mib, disk_gib,
                   free_disk_gib, uptime_seconds, reported_at
              FROM hypervisor
            """;

    /// @param id the resource provider's id in placement
    /// @param host name of the service on it
    record Hypervisor(long number, String id, String host, Host facts, Instant reportedAt) {}

    private final Tx tx;

    HypervisorStore(Tx tx) {
        this.tx = tx;
    }

    void report(String host, String id, Host facts, Instant now) {
        tx.update(
                """
                INSERT INTO hypervisor (id, host, hostname, type, version, cpu_info, host_ip, vcpus, memory_mib,
                                        disk_gib, free_disk_gib, uptime_seconds, reported_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (host) DO UPDATE
                   SET hostname = excluded.hostname, type = excluded.type, version = excluded.version,
                       cpu_info = excluded.cpu_info, host_ip = excluded.host_ip, vcpus = excluded.vcpus,
                       memory_mib = excluded.memory_mib, disk_gib = excluded.disk_gib,
                       free_disk_gib = excluded.free_disk_gib, uptime_seconds = excluded.uptime_seconds,
                       reported_at = excluded.reported_at
                """,
                id,
                host,
                facts.hostname(),
                facts.type(),
                facts.version(),
                facts.cpuInfo(),
                facts.hostIp(),
                facts.vcpus(),
                facts.memoryMib(),
                facts.diskGib(),
                facts.freeDiskGib(),
                facts.uptimeSeconds(),
                now);
    }

    List<Hypervisor> all() {
        return tx.query(SELECT + " ORDER BY number", HypervisorStore::map);
    }

    Optional<Hypervisor> ofHost(String host) {
        return tx.first(SELECT + " WHERE host = ?", HypervisorStore::map, host);
    }

    void delete(String host) {
        tx.update("DELETE FROM hypervisor WHERE host = ?", host);
    }

    private static Hypervisor map(Row r) throws SQLException {
        return new Hypervisor(
                r.number("number"),
                r.string("id"),
                r.string("host"),
                new Host(
                        r.string("hostname"),
                        r.string("type"),
                        r.integer("version"),
                        r.string("cpu_info"),
                        r.string("host_ip"),
                        r.integer("vcpus"),
                        r.integer("memory_mib"),
                        r.integer("disk_gib"),
                        r.integer("free_disk_gib"),
                        r.number("uptime_seconds")),
                r.instant("reported_at"));
    }
}
