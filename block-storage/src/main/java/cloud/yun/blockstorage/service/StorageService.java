package cloud.yun.blockstorage.service;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A `cinder-volume` or `cinder-scheduler` as `os-services` shows it.
///
/// @param host `HOST@BACKEND` of a `cinder-volume`
/// @param capabilities what the back end last reported; empty for a scheduler
/// @param frozen whether it is given nothing new until an operator thaws it
/// @param updatedAt of the last report
public record StorageService(
        String id,
        String binary,
        String host,
        String zone,
        boolean disabled,
        Optional<String> disabledReason,
        ObjectNode capabilities,
        boolean frozen,
        Instant createdAt,
        Instant updatedAt) {
    public static final String VOLUME = "cinder-volume";
    public static final String BACKUP = "cinder-backup";
    public static final String SCHEDULER = "cinder-scheduler";

    /// Whether it reported lately.
    public boolean up(Instant now, Duration downTime) {
        return updatedAt.plus(downTime).isAfter(now);
    }

    /// @return name of its pool: every back end of ours has one, named as the back end
    public String pool() {
        return host + "#" + host.substring(host.indexOf('@') + 1);
    }
}
