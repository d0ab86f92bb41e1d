package cloud.yun.kernel.flow;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A flow as its log tells it: what users see when they ask why.
///
/// @param params JSON; for the operator, not for users
/// @param error the user's message of the failure that turned it back
/// @param detail the operator's part of it
public record FlowRecord(
        String id,
        String name,
        String params,
        FlowState state,
        Origin origin,
        Optional<String> error,
        Optional<String> detail,
        Instant createdAt,
        Optional<Instant> finishedAt,
        List<TaskRecord> tasks) {
    /// Where a flow comes from.
    public record Origin(String projectId, String userId, String resourceId, String requestId) {}

    /// @param state RUNNING, SUCCESS, FAILURE, REVERTED
    public record TaskRecord(
            int position,
            String name,
            String state,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt,
            Optional<Instant> revertedAt,
            Optional<String> error) {}
}
