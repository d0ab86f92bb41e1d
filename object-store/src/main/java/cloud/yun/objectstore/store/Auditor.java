package cloud.yun.objectstore.store;

import cloud.yun.kernel.reconcile.Reconciler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads every file again and again, at a bounded rate, and compares it with what its row says. What is damaged is put
/// aside: clients then get 404, never wrong bytes.
public final class Auditor implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Auditor.class);
    private static final int BATCH = 100;
    private static final int BUFFER_BYTES = 256 << 10;

    private final ObjectFiles files;
    private final DataRows rows;
    private final long bytesPerSecond;
    private final double filesPerSecond;
    private final Duration interval;

    /// @param bytesPerSecond 0: as fast as the disk can
    /// @param filesPerSecond 0: as many as there are
    /// @param interval between the end of one round over all files and the next
    public Auditor(ObjectFiles files, DataRows rows, long bytesPerSecond, double filesPerSecond, Duration interval) {
        this.files = files;
        this.rows = rows;
        this.bytesPerSecond = bytesPerSecond;
        this.filesPerSecond = filesPerSecond;
        this.interval = interval;
    }

    @Override
    public String name() {
        return "object-store: auditor";
    }

    @Override
    public Duration period() {
        return interval;
    }

    /// One round over all files.
    @Override
    public void reconcile() {
        var last = "";
        long began = System.nanoTime();
        long bytes = 0;
        long count = 0;
        for (var page = rows.after(last, BATCH); !page.isEmpty(); page = rows.after(last, BATCH))
            for (var row : page) {
                if (Thread.currentThread().isInterrupted()) return;
                last = row.dataId();
                audit(row).ifPresent(damage -> quarantine(row, damage));
                bytes += row.bytes();
                count++;
                rest(began, bytes, count);
            }
    }

    /// Waits until the rate is what it may be.
    private void rest(long began, long bytes, long count) {
        double seconds = Math.max(
                bytesPerSecond > 0 ? (double) bytes / bytesPerSecond : 0,
                filesPerSecond > 0 ? count / filesPerSecond : 0);
        long until = began + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        for (long left = until - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = until - System.nanoTime()) LockSupport.parkNanos(this, left);
    }

    /// @return what is wrong with the file
    private Optional<String> audit(DataRows.Row row) {
        var channel = files.open(row.dataId());
        if (channel.isEmpty()) return Optional.of("there is no file");
        try (var open = channel.get()) {
            if (open.size() != row.bytes())
                return Optional.of("the file has " + open.size() + " bytes, not " + row.bytes());
            var md5 = md5(open);
            return md5.equals(row.md5())
                    ? Optional.empty()
                    : Optional.of("the file's MD5 is " + md5 + ", not " + row.md5());
        } catch (IOException e) {
            return Optional.of("the file cannot be read: " + e.getMessage());
        }
    }

    private static String md5(FileChannel channel) throws IOException {
        var digest = Intake.md5();
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (channel.read(buffer.clear()) >= 0) digest.update(buffer.flip());
        return HexFormat.of().formatHex(digest.digest());
    }

    private void quarantine(DataRows.Row row, String damage) {
        try {
            var path = rows.quarantine(row.dataId(), damage);
            // Replaced or deleted while we looked: nothing is damaged.
            if (path.isEmpty()) return;
            LOG.error("object {} is damaged and was put aside: {}; data {}", path.get(), damage, row.dataId());
            files.quarantine(row.dataId());
        } catch (UncheckedIOException e) {
            LOG.error("data {} could not be put aside", row.dataId(), e);
        }
    }
}
