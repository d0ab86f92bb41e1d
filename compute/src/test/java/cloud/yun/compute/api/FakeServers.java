package cloud.yun.compute.api;

import cloud.yun.compute.server.Servers;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Servers as a list that a test fills.
public final class FakeServers implements Servers {
    public final List<Summary> all = new ArrayList<>();

    /// A small active server.
    public static Summary server(String id, String projectId, Optional<String> host, Instant createdAt) {
        return new Summary(
                id,
                "instance-" + id,
                "name-" + id,
                "host-" + id,
                projectId,
                ComputeApi.DEMO_USER,
                "active",
                Optional.empty(),
                host,
                Optional.of("nova"),
                Optional.of("key"),
                Optional.of("ssh-ed25519 AAAA me"),
                Optional.of("IyEvYmluL3NoCg=="),
                Optional.of("secret"),
                "m1.nano",
                1,
                128,
                1,
                0,
                0,
                Optional.of("r-12345678"),
                Optional.of("11111111-2222-3333-4444-555555555555"),
                Map.of("role", "web"),
                Map.of("/etc/motd", "aGVsbG8="),
                createdAt,
                Optional.empty());
    }

    @Override
    public Optional<Summary> find(Tx tx, String serverId) {
        return all.stream().filter(s -> s.id().equals(serverId)).findFirst();
    }

    @Override
    public Summary require(Tx tx, Caller caller, String serverId) {
        return find(tx, serverId)
                .filter(s -> caller.admin() || s.projectId().equals(caller.projectId()))
                .orElseThrow(() -> new NotFound("Instance " + serverId + " could not be found."));
    }

    @Override
    public List<Summary> onHost(Tx tx, String host) {
        return all.stream().filter(s -> s.host().equals(Optional.of(host))).toList();
    }

    @Override
    public Map<String, Integer> countByHost(Tx tx) {
        var counts = new TreeMap<String, Integer>();
        all.forEach(s -> s.host().ifPresent(h -> counts.merge(h, 1, Integer::sum)));
        return counts;
    }

    @Override
    public List<Summary> livedBetween(Tx tx, Optional<String> projectId, Instant from, Instant to) {
        return all.stream()
                .filter(s -> projectId.map(p -> p.equals(s.projectId())).orElse(true))
                .filter(s -> s.createdAt().isBefore(to)
                        && s.deletedAt().map(d -> d.isAfter(from)).orElse(true))
                .toList();
    }
}
