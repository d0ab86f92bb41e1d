package cloud.yun.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Moving a running guest to another libvirt, and watching the move.
public final class Migration {
    /// @see <a href="https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateFlags">flags</a>
    public enum Flag {
        LIVE(1),
        PEER2PEER(2),
        TUNNELLED(4),
        PERSIST_DEST(8),
        UNDEFINE_SOURCE(16),
        PAUSED(32),
        NON_SHARED_DISK(64),
        NON_SHARED_INC(128),
        UNSAFE(512),
        ABORT_ON_ERROR(4096),
        AUTO_CONVERGE(8192),
        POSTCOPY(32768);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }
    }

    /// @param kind 0: no job; 1: bounded; 2: unbounded (still going); 3: completed; 4: failed; 5: cancelled
    public record Job(
            int kind,
            Duration elapsed,
            long dataTotal,
            long dataProcessed,
            long dataRemaining,
            long memoryTotal,
            long memoryProcessed,
            long memoryRemaining,
            long diskTotal,
            long diskProcessed,
            long diskRemaining) {
        public boolean active() {
            return kind == 1 || kind == 2;
        }
    }

    private final Domain domain;

    Migration(Domain domain) {
        this.domain = domain;
    }

    /// Moves the guest and returns when it runs there and is gone here; on failure it goes on running here.
    ///
    /// @param destination libvirt's URI of the other host, as this host's libvirtd reaches it
    /// @param texts typed parameters by name: `migrate_uri`, `destination_xml`, `persistent_xml`,
    /// `listen_address`
    /// @param migratedDisks targets to copy with `NON_SHARED_...`; empty for all
    public void to(
            String destination,
            EnumSet<Flag> flags,
            Map<String, String> texts,
            List<String> migratedDisks,
            Duration deadline) {
        int bits = flags.stream().mapToInt(f -> f.bit).reduce(0, (a, b) -> a | b);
        domain.with(deadline, d -> {
            try (var arena = Arena.ofConfined()) {
                var parameters = arena.allocate(ADDRESS);
                var count = arena.allocate(JAVA_INT);
                var capacity = arena.allocate(JAVA_INT);
                try {
                    texts.forEach((name, value) -> Native.check(
                            Native.callInt("virTypedParamsAddString", parameters, count, capacity, name, value)));
                    for (String disk : migratedDisks) {
                        Native.check(Native.callInt(
                                "virTypedParamsAddString", parameters, count, capacity, "migrate_disks", disk));
                    }
                    return Native.check(Native.callInt(
                            "virDomainMigrateToURI3",
                            d,
                            destination,
                            parameters.get(ADDRESS, 0),
                            count.get(JAVA_INT, 0),
                            bits));
                } finally {
                    Native.callVoid("virTypedParamsFree", parameters.get(ADDRESS, 0), count.get(JAVA_INT, 0));
                }
            }
        });
    }

    /// @return the job under way, or the last one; empty when there was none
    public Optional<Job> job() {
        return domain.with(d -> {
            try (var arena = Arena.ofConfined()) {
                // struct { int type; ulonglong elapsed, left, 3 x data, 3 x mem, 3 x file; }
                var info = arena.allocate(96, 8);
                Native.check(Native.callInt("virDomainGetJobInfo", d, info));
                int kind = info.get(JAVA_INT, 0);
                if (kind == 0) return Optional.<Job>empty();
                long[] v = new long[11];
                for (int i = 0; i < v.length; i++) v[i] = info.get(JAVA_LONG, 8L + 8L * i);
                return Optional.of(
                        new Job(kind, Duration.ofMillis(v[0]), v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10]));
            }
        });
    }

    public void abort() {
        domain.simply("virDomainAbortJob");
    }

    /// Switches a migration begun with `POSTCOPY` over: the guest runs there at once and fetches its memory
    /// from here.
    public void startPostCopy() {
        domain.simply("virDomainMigrateStartPostCopy", 0);
    }

    /// @param milliseconds how long the guest may stand still at the end
    public void setMaxDowntime(long milliseconds) {
        domain.simply("virDomainMigrateSetMaxDowntime", milliseconds, 0);
    }
}
