package cloud.yun.image.store;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Reads a stream through a small ring of buffers and hashes it with MD5 and SHA-512 at the same time.
///
/// Each hash has a thread of its own, a platform thread: hashing never blocks, and on a virtual one it would take a
/// carrier from the requests. Memory is bounded by the ring, whatever the length of the data; a short image takes one
/// buffer. Who waits for a buffer is woken when half of them are free: on a busy host each wake-up costs a turn.
final class DataDigest implements AutoCloseable {
    private static final int RING = 16;
    private static final int BUFFER_BYTES = 1 << 20;

    /// What is done with the bytes beside hashing them.
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int length) throws IOException;
    }

    private static final class Chunk {
        final byte[] bytes;
        final AtomicInteger readers = new AtomicInteger();
        int length;

        Chunk(int size) {
            bytes = new byte[size];
        }
    }

    private final class Hasher {
        final MessageDigest digest;
        final BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(RING + 1);
        final Thread thread;

        Hasher(String algorithm) {
            try {
                digest = MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
            thread = Thread.ofPlatform().daemon().name("image-" + algorithm).start(this::serve);
        }

        private void serve() {
            try {
                while (true) {
                    var chunk = queue.take();
                    if (chunk == end) return;
                    digest.update(chunk.bytes, 0, chunk.length);
                    if (chunk.readers.decrementAndGet() == 0) release(chunk);
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(RING);
    private final Chunk end = new Chunk(0);
    private final List<Hasher> hashers = new ArrayList<>();
    private volatile @Nullable Thread waiting;
    private int made;

    DataDigest() {
        hashers.add(new Hasher("MD5"));
        hashers.add(new Hasher("SHA-512"));
    }

    /// @param md5 in lower-case hexadecimal
    /// @param sha512 in lower-case hexadecimal
    record Result(long bytes, String md5, String sha512) {}

    /// Reads to the end of the stream. Each piece goes to the sink while the threads hash it.
    Result drain(InputStream in, Sink sink) throws IOException, InterruptedException {
        long bytes = 0;
        while (true) {
            var chunk = acquire();
            chunk.length = in.readNBytes(chunk.bytes, 0, BUFFER_BYTES);
            if (chunk.length == 0) break;
            chunk.readers.set(hashers.size());
            for (var hasher : hashers) hasher.queue.put(chunk);
            sink.write(chunk.bytes, chunk.length);
            bytes += chunk.length;
        }
        for (var hasher : hashers) hasher.queue.put(end);
        for (var hasher : hashers) hasher.thread.join();
        return new Result(bytes, hex(0), hex(1));
    }

    private Chunk acquire() throws InterruptedException {
        var idle = free.poll();
        if (idle != null) return idle;
        if (made < RING) {
            made++;
            return new Chunk(BUFFER_BYTES);
        }
        waiting = Thread.currentThread();
        while (free.size() < RING / 2) {
            LockSupport.park(this);
            if (Thread.interrupted()) throw new InterruptedException();
        }
        waiting = null;
        return free.take();
    }

    private void release(Chunk chunk) {
        free.add(chunk);
        var reader = waiting;
        if (reader != null && free.size() >= RING / 2) LockSupport.unpark(reader);
    }

    private String hex(int hasher) {
        return HexFormat.of().formatHex(hashers.get(hasher).digest.digest());
    }

    /// Ends the threads, also in the middle of the data.
    @Override
    public void close() {
        for (var hasher : hashers) hasher.thread.interrupt();
    }
}
