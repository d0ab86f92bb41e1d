package cloud.yun.compute.driver.libvirt;

import cloud.yun.host.process.CommandFailed;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/// Work on the host's files whose failure becomes an error that a user may read; paths and commands are for the
/// operator.
final class OnDisk {
    private static final String FULL = "No space left on device";

    private OnDisk() {}

    /// @throws Unavailable the disk is full, or broken
    static void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    /// @throws Unavailable the disk is full, or broken
    static <T> T call(Supplier<T> work) {
        try {
            return work.get();
        } catch (CommandFailed e) {
            throw failed(e, e.says(FULL));
        } catch (UncheckedIOException e) {
            throw failed(e, String.valueOf(e.getMessage()).contains(FULL));
        }
    }

    private static Unavailable failed(RuntimeException cause, boolean full) {
        return new Unavailable(
                full ? "The disk of the host is full." : "The host could not write the guest's files.",
                String.valueOf(cause.getMessage()),
                cause);
    }
}
