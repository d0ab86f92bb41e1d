package cloud.yun.objectstore.store;

import cloud.yun.kernel.error.CloudException.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Takes a stream into a file while it hashes it.
///
/// What fits into one buffer is hashed where it is. For more, two platform threads help: one hashes, one brings what
/// was written to the disk, so that the last sync is short. Memory is bounded by the ring of buffers.
final class Intake implements AutoCloseable {
    private static final int BUFFER_BYTES = 512 << 10;
    private static final int RING = 12;
    private static final long SYNC_BYTES = 32L << 20;

    /// The client ended in the middle.
    static final class ClientGone extends IOException {
        ClientGone(IOException cause) {
            super(cause);
        }
    }

    record Result(long bytes, String md5) {}

    private static final class Chunk {
        final byte[] bytes;
        int length;

        Chunk(int size) {
            bytes = new byte[size];
        }
    }

    private final FileChannel channel;
    private final MessageDigest digest = md5();
    private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(RING);
    private final BlockingQueue<Chunk> toHash = new ArrayBlockingQueue<>(RING + 1);
    private final Chunk end = new Chunk(0);
    private final Semaphore toSync = new Semaphore(0);
    private final Thread hasher;
    private final Thread syncer;
    private volatile boolean ending;
    private volatile @Nullable IOException syncFailure;

    private Intake(FileChannel channel) {
        this.channel = channel;
        hasher = Thread.ofPlatform().daemon().name("object-md5").start(this::hash);
        syncer = Thread.ofPlatform().daemon().name("object-sync").start(this::sync);
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @throws Refused 413, longer than `max`
    static Result drain(InputStream in, FileChannel channel, long max) throws IOException, InterruptedException {
        var first = new Chunk(BUFFER_BYTES);
        fill(in, first);
        if (first.length > max) throw new Refused(413, "");
        write(channel, first);
        if (first.length < BUFFER_BYTES) {
            var digest = md5();
            digest.update(first.bytes, 0, first.length);
            return new Result(first.length, HexFormat.of().formatHex(digest.digest()));
        }
        try (var intake = new Intake(channel)) {
            return intake.rest(in, first, max);
        }
    }

    private static void fill(InputStream in, Chunk chunk) throws IOException {
        try {
            chunk.length = in.readNBytes(chunk.bytes, 0, chunk.bytes.length);
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    private static void write(FileChannel channel, Chunk chunk) throws IOException {
        var buffer = ByteBuffer.wrap(chunk.bytes, 0, chunk.length);
        while (buffer.hasRemaining()) channel.write(buffer);
    }

    private Result rest(InputStream in, Chunk first, long max) throws IOException, InterruptedException {
        long bytes = first.length;
        long unsynced = bytes;
        toHash.put(first);
        int made = 1;
        while (true) {
            var chunk = free.poll();
            if (chunk == null) chunk = made++ < RING ? new Chunk(BUFFER_BYTES) : free.take();
            fill(in, chunk);
            if (chunk.length == 0) break;
            bytes += chunk.length;
            if (bytes > max) throw new Refused(413, "");
            unsynced += chunk.length;
            write(channel, chunk);
            toHash.put(chunk);
            if (unsynced >= SYNC_BYTES) {
                unsynced = 0;
                toSync.release();
            }
            var failure = syncFailure;
            if (failure != null) throw failure;
        }
        toHash.put(end);
        hasher.join();
        return new Result(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private void hash() {
        try {
            for (var chunk = toHash.take(); chunk != end; chunk = toHash.take()) {
                digest.update(chunk.bytes, 0, chunk.length);
                free.add(chunk);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void sync() {
        try {
            while (!ending) {
                toSync.acquire();
                toSync.drainPermits();
                if (!ending) channel.force(false);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            syncFailure = e;
        }
    }

    /// Waits for the sync at work: interrupting it would close the channel.
    @Override
    public void close() {
        hasher.interrupt();
        ending = true;
        toSync.release();
        boolean interrupted = false;
        while (syncer.isAlive())
            try {
                syncer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
