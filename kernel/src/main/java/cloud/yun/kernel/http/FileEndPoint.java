package cloud.yun.kernel.http;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.FutureCallback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// A plain socket to which the kernel sends files by itself (`sendfile`): no byte of them passes through this process.
///
/// Jetty counts what an answer holds by its buffers, so the file goes to it as a mapping that nobody reads. When that
/// buffer comes down here to be flushed, the file is sent in its place and the buffer moved on by as much. Should
/// something on the way hand on another view of the mapping, it is flushed as any buffer: slower, the same bytes.
final class FileEndPoint extends SocketChannelEndPoint {
    private static final long PIECE_BYTES_MAX = 1L << 30;

    private record Piece(FileChannel file, long offset, ByteBuffer mapped) {}

    private volatile @Nullable Piece piece;

    FileEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /// Blocks until all of it is with the kernel. The file stays open.
    ///
    /// @throws IOException the client went away or stood still too long, or the file is shorter than said
    void send(Response response, FileChannel file, long offset, long length) throws IOException {
        for (long sent = 0; sent < length; sent += PIECE_BYTES_MAX)
            sendPiece(response, file, offset + sent, Math.min(PIECE_BYTES_MAX, length - sent));
    }

    private void sendPiece(Response response, FileChannel file, long offset, long length) throws IOException {
        if (file.size() < offset + length) throw new EOFException("the file is shorter than it was said to be");
        try (var arena = Arena.ofShared()) {
            var mapped = file.map(MapMode.READ_ONLY, offset, length, arena).asByteBuffer();
            piece = new Piece(file, offset, mapped);
            var sent = new Sent();
            try {
                response.write(false, mapped, sent);
                sent.block();
            } catch (IOException | RuntimeException e) {
                // Nobody may still be sending when the mapping and then the file are closed.
                close(e);
                throw e;
            }
        } finally {
            piece = null;
        }
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        var sending = piece;
        if (sending == null) return super.flush(buffers);
        for (var buffer : buffers) {
            if (!buffer.hasRemaining()) continue;
            if (buffer == sending.mapped() ? !transfer(sending) : !super.flush(buffer)) return false;
        }
        return true;
    }

    private boolean transfer(Piece sending) throws IOException {
        var mapped = sending.mapped();
        long at = sending.offset() + mapped.position();
        try {
            long n = sending.file().transferTo(at, mapped.remaining(), getChannel());
            if (n > 0) notIdle();
            // Nothing sent is a full socket, or a file that was cut meanwhile: for that one nobody would ever wake us.
            else if (sending.file().size() <= at) throw new EOFException("the file became shorter while it was sent");
            mapped.position(mapped.position() + (int) n);
        } catch (IOException e) {
            throw new EofException(e);
        }
        return !mapped.hasRemaining();
    }

    /// Reading the file may wait for the disk, which the thread that serves all sockets must not.
    private static final class Sent extends FutureCallback {
        @Override
        public InvocationType getInvocationType() {
            return InvocationType.BLOCKING;
        }
    }
}
