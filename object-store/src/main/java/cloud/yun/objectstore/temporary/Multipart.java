package cloud.yun.objectstore.temporary;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads `multipart/form-data` part by part, as a stream.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc7578">RFC 7578</a>
final class Multipart {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int HEADERS_BYTES_MAX = 16 << 10;

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int begin;
    private int end;
    private boolean atEnd;

    Multipart(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first boundary has no line before it.
        buffer[0] = '\r';
        buffer[1] = '\n';
        end = 2;
    }

    /// @param headers by names in lower case
    record Part(Map<String, String> headers, InputStream body) {}

    /// Moves on to the next part; what was not read of the last one is skipped.
    Optional<Part> next() throws IOException {
        while (fill() >= 0 && readBody(new byte[BUFFER_BYTES], 0, BUFFER_BYTES) >= 0) {
            // Only to get behind it.
        }
        if (available() < delimiter.length) throw new EOFException("the form has no end");
        begin += delimiter.length;
        var rest = line();
        if (rest.startsWith("--")) return Optional.empty();
        var headers = new LinkedHashMap<String, String>();
        int bytes = 0;
        for (var text = line(); !text.isEmpty(); text = line()) {
            bytes += text.length();
            if (bytes > HEADERS_BYTES_MAX) throw new IOException("the headers of a part are too long");
            int colon = text.indexOf(':');
            if (colon > 0)
                headers.put(
                        text.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        text.substring(colon + 1).strip());
        }
        return Optional.of(new Part(headers, new Body()));
    }

    private int available() {
        return end - begin;
    }

    /// @return bytes in the buffer; -1 when there is nothing any more
    private int fill() throws IOException {
        if (available() < delimiter.length + 1 && !atEnd) {
            System.arraycopy(buffer, begin, buffer, 0, available());
            end -= begin;
            begin = 0;
            while (end < buffer.length && end < delimiter.length + 1) {
                int n = in.read(buffer, end, buffer.length - end);
                if (n < 0) {
                    atEnd = true;
                    break;
                }
                end += n;
            }
        }
        return available() == 0 ? -1 : available();
    }

    private String line() throws IOException {
        var text = new ByteArrayOutputStream();
        while (true) {
            if (begin == end) {
                begin = 0;
                end = Math.max(0, in.read(buffer, 0, buffer.length));
                if (end == 0) return text.toString(StandardCharsets.UTF_8).strip();
            }
            byte b = buffer[begin++];
            if (b == '\n') return text.toString(StandardCharsets.UTF_8).strip();
            text.write(b);
            if (text.size() > HEADERS_BYTES_MAX) throw new IOException("a line of the form is too long");
        }
    }

    /// @return -1 at the delimiter
    private int readBody(byte[] bytes, int offset, int wanted) throws IOException {
        if (fill() < delimiter.length) throw new EOFException("the form has no end");
        int at = find();
        if (at == 0) return -1;
        // Without a whole delimiter in sight, its first bytes may be the last ones here.
        int sure = at > 0 ? at : available() - delimiter.length + 1;
        int n = Math.min(wanted, sure);
        System.arraycopy(buffer, begin, bytes, offset, n);
        begin += n;
        return n;
    }

    private int find() {
        for (int i = begin; i <= end - delimiter.length; i++)
            if (buffer[i] == delimiter[0]
                    && Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) return i - begin;
        return -1;
    }

    private final class Body extends InputStream {
        private boolean over;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            if (wanted == 0) return 0;
            if (over) return -1;
            int n = readBody(bytes, offset, wanted);
            over = n < 0;
            return n;
        }
    }
}
