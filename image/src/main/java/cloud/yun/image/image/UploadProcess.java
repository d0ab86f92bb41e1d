package cloud.yun.image.image;

import java.util.Optional;

/// Which process receives an upload, so that others can tell when it is gone.
///
/// @param host name of the host
/// @param pid its process id there
/// @param startMillis when it started, since ids are used again; 0 when the system does not tell
public record UploadProcess(String host, long pid, long startMillis) {
    public static UploadProcess current(String host) {
        var self = ProcessHandle.current();
        return new UploadProcess(host, self.pid(), start(self));
    }

    private static long start(ProcessHandle process) {
        return process.info().startInstant().map(t -> t.toEpochMilli()).orElse(0L);
    }

    public String name() {
        return host + "/" + pid + "/" + startMillis;
    }

    /// @param other what [#name] said
    /// @return true when that process was on this host and runs no more; false also when nobody here can know
    boolean gone(String other) {
        var parts = other.split("/", -1);
        if (parts.length != 3 || !parts[0].equals(host)) return false;
        Optional<ProcessHandle> found = ProcessHandle.of(Long.parseLong(parts[1]));
        return found.isEmpty() || !found.get().isAlive() || start(found.get()) != Long.parseLong(parts[2]);
    }
}
