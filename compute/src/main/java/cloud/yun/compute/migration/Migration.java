package cloud.yun.compute.migration;

import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.VmState;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// One way of a server to another host or flavor.
///
/// @param number Nova's `id` of it, a number
/// @param id its UUID; also the consumer of what the old side keeps in placement
/// @param destHost empty until the scheduler chose
/// @param fromState what the server was before: ACTIVE, STOPPED or ERROR
/// @param oldFlavorNumber of the flavor's row; 0 when the flavor was gone
/// @param holds whether the old side's room and disks are still kept for the way back
public record Migration(
        long number,
        String id,
        String serverId,
        Type type,
        MigrationStatus status,
        String sourceHost,
        Optional<String> destHost,
        VmState fromState,
        Shape oldShape,
        Shape newShape,
        long oldFlavorNumber,
        long newFlavorNumber,
        boolean holds,
        String projectId,
        String userId,
        String requestId,
        Instant createdAt,
        Instant updatedAt) {
    /// Nova's `migration_type`.
    public enum Type {
        RESIZE,
        MIGRATION,
        LIVE_MIGRATION,
        EVACUATION;

        public String wire() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Optional<Type> of(String wire) {
            return Arrays.stream(values()).filter(t -> t.wire().equals(wire)).findFirst();
        }
    }

    /// @return whether the server goes to another host, or would have
    public boolean moves() {
        return !destHost.equals(Optional.of(sourceHost));
    }

    /// @return whether the guest ran before
    public boolean ran() {
        return fromState == VmState.ACTIVE;
    }

    /// @throws IllegalStateException none was chosen yet
    public String dest() {
        return destHost.orElseThrow(() -> new IllegalStateException("no host was chosen for migration " + id));
    }
}
