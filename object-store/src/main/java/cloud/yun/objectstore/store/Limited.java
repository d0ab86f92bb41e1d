package cloud.yun.objectstore.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/// The next bytes of a stream and no more.
public final class Limited extends InputStream {
    private final InputStream in;
    private final Closeable end;
    private long left;

    private Limited(InputStream in, long length, Closeable end) {
        this.in = in;
        this.left = length;
        this.end = end;
    }

    /// Closing it closes `in`.
    public static Limited last(InputStream in, long length) {
        return new Limited(in, length, in);
    }

    /// Closing it leaves `in` open, for what is wanted of it next.
    public static Limited piece(InputStream in, long length) {
        return new Limited(in, length, () -> {});
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /// @throws IOException the stream ends before
    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        if (left == 0) return -1;
        int n = in.read(bytes, offset, (int) Math.min(left, wanted));
        if (n < 0) throw new IOException("the data are shorter than their row says");
        left -= n;
        return n;
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
