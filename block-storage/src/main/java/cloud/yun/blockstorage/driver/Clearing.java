package cloud.yun.blockstorage.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/// Overwrites a file's data before it is removed: `volume_clear`, `volume_clear_size`, `volume_copy_bps_limit`.
///
/// Holes stay holes: zeroing a sparse file must not need the space that it never took.
///
/// @param zero whether to do it at all
/// @param sizeMib how much from the start, in MiB; 0 is all
/// @param bytesPerSecondMax so that guests keep their share of the disk; 0 is no limit
public record Clearing(boolean zero, int sizeMib, long bytesPerSecondMax) {
    private static final int BLOCK = 1 << 20;

    /// Only removes.
    public static final Clearing NONE = new Clearing(false, 0, 0);

    /// Succeeds when the file is not there.
    void clear(Path file) {
        if (!zero) return;
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            clear(channel);
            channel.force(false);
        } catch (NoSuchFileException e) {
            return; // nothing of it can be read
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void clear(FileChannel channel) throws IOException {
        long end = sizeMib == 0 ? channel.size() : Math.min((long) sizeMib << 20, channel.size());
        var data = ByteBuffer.allocateDirect(BLOCK);
        var zeros = ByteBuffer.allocateDirect(BLOCK);
        long started = System.nanoTime();
        long written = 0;
        for (long at = 0; at < end; at += BLOCK) {
            int length = (int) Math.min(BLOCK, end - at);
            data.clear().limit(length);
            int read = channel.read(data, at);
            if (read <= 0 || blank(data.flip())) continue;
            zeros.clear().limit(length);
            written += channel.write(zeros, at);
            slow(written, started);
        }
    }

    private static boolean blank(ByteBuffer data) {
        while (data.remaining() >= Long.BYTES) if (data.getLong() != 0) return false;
        while (data.hasRemaining()) if (data.get() != 0) return false;
        return true;
    }

    private void slow(long written, long started) throws IOException {
        if (bytesPerSecondMax == 0) return;
        long due = TimeUnit.SECONDS.toNanos(1) * written / bytesPerSecondMax;
        long ahead = due - (System.nanoTime() - started);
        if (ahead <= 0) return;
        try {
            TimeUnit.NANOSECONDS.sleep(ahead);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while clearing", e);
        }
    }
}
