package cloud.yun.image.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Brings a growing file to the disk in the background, so that the sync at the end has little left to do.
final class Sync implements AutoCloseable {
    private final FileChannel channel;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean ending;
    private volatile @Nullable IOException failure;

    Sync(FileChannel channel) {
        this.channel = channel;
        thread = Thread.ofPlatform().daemon().name("image-sync").start(this::serve);
    }

    private void serve() {
        try {
            while (!ending) {
                work.acquire();
                work.drainPermits();
                if (!ending) channel.force(false);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            failure = e;
        }
    }

    void wake() {
        work.release();
    }

    /// @throws IOException some of the data did not reach the disk
    void finish() throws IOException, InterruptedException {
        end();
        thread.join();
        var seen = failure;
        if (seen != null) throw seen;
        channel.force(true);
    }

    private void end() {
        ending = true;
        work.release();
    }

    /// Waits for the sync at work: interrupting it would close the channel.
    @Override
    public void close() throws IOException {
        end();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
