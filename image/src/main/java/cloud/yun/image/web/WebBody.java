package cloud.yun.image.web;

import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// The body of an answer: so many bytes, or chunks, or (length [Long#MAX_VALUE]) all until the connection ends.
/// A body that ends too early is a failure, not an end.
final class WebBody extends InputStream {
    private final InputStream in;
    private final boolean chunked;
    /// Of the body, or of the chunk.
    private long left;

    private boolean begun;
    private boolean ended;

    WebBody(InputStream in, long length, boolean chunked) {
        this.in = in;
        this.left = length;
        this.chunked = chunked;
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            if (length == 0) return 0;
            if (chunked && left == 0 && !ended) nextChunk();
            if (ended || left == 0) return -1;
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            if (read >= 0) {
                if (left != Long.MAX_VALUE) left -= read;
                return read;
            }
            if (left == Long.MAX_VALUE) return -1;
            throw new IOException("the connection ended, " + left + " bytes too early");
        } catch (IOException e) {
            throw new Unavailable("The download broke off.", String.valueOf(e), e);
        }
    }

    private void nextChunk() throws IOException {
        if (begun && !line().isEmpty()) throw new IOException("a chunk does not end where it should");
        begun = true;
        var size = line().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!size.matches("[0-9a-f]{1,15}")) throw new IOException("no size of a chunk: " + size);
        left = Long.parseLong(size, 16);
        if (left > 0) return;
        ended = true;
        while (!line().isEmpty()) {} // trailers
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() > 8192) throw new IOException("a line does not end");
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
