package cloud.yun.objectstore.bulk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Reads the files of a tar archive as a stream: POSIX ustar and pax, and GNU's long names.
final class Tar {
    private static final int BLOCK = 512;
    private static final int NAME_MAX = 64 << 10;

    private final InputStream in;
    private long left;
    private long padding;

    Tar(InputStream in) {
        this.in = in;
    }

    record Entry(String name, long bytes) {}

    /// Moves on to the next regular file; what was not read of the last one is skipped.
    Optional<Entry> next() throws IOException {
        var longName = Optional.<String>empty();
        Map<String, String> pax = Map.of();
        while (true) {
            skip(left + padding);
            left = 0;
            padding = 0;
            var header = new byte[BLOCK];
            int n = in.readNBytes(header, 0, BLOCK);
            if (n == 0 || (n == BLOCK && empty(header))) return Optional.empty();
            if (n < BLOCK) throw new EOFException("truncated header");
            check(header);
            long size = pax.containsKey("size") ? Long.parseLong(pax.get("size")) : number(header, 124, 12);
            char type = (char) header[156];
            set(size);
            switch (type) {
                case 'L' -> longName = Optional.of(text(size));
                case 'x' -> pax = pax(text(size));
                case '0', '\0', '7' -> {
                    var name = pax.getOrDefault("path", longName.orElseGet(() -> name(header)));
                    if (!name.endsWith("/")) return Optional.of(new Entry(name, size));
                    longName = Optional.empty();
                    pax = Map.of();
                }
                case 'g', 'K' -> {
                    // Speaks of no file's name.
                }
                default -> {
                    longName = Optional.empty();
                    pax = Map.of();
                }
            }
        }
    }

    private void set(long size) {
        left = size;
        padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    private static boolean empty(byte[] header) {
        for (byte b : header) if (b != 0) return false;
        return true;
    }

    private static void check(byte[] header) throws IOException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        if (sum != number(header, 148, 8)) throw new IOException("bad checksum");
    }

    private static long number(byte[] header, int offset, int length) throws IOException {
        if ((header[offset] & 0x80) != 0) {
            long value = header[offset] & 0x7f;
            for (int i = 1; i < length; i++) value = value << 8 | header[offset + i] & 0xff;
            return value;
        }
        var digits = string(header, offset, length).strip();
        if (digits.isEmpty()) return 0;
        if (!digits.matches("[0-7]+")) throw new IOException("bad number");
        return Long.parseLong(digits, 8);
    }

    private static String string(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) end++;
        return new String(header, offset, end - offset, StandardCharsets.UTF_8);
    }

    private static String name(byte[] header) {
        var name = string(header, 0, 100);
        boolean posix = string(header, 257, 6).equals("ustar");
        var prefix = posix ? string(header, 345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private String text(long size) throws IOException {
        if (size > NAME_MAX) throw new IOException("a name is too long");
        var bytes = body().readNBytes((int) size);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) end--;
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static Map<String, String> pax(String text) {
        var found = new HashMap<String, String>();
        for (var line : text.split("\n")) {
            int space = line.indexOf(' ');
            int equals = line.indexOf('=', space + 1);
            if (space > 0 && equals > 0) found.put(line.substring(space + 1, equals), line.substring(equals + 1));
        }
        return found;
    }

    private void skip(long bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    /// The bytes of the file that [#next] found.
    InputStream body() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int wanted) throws IOException {
                if (wanted == 0) return 0;
                if (left == 0) return -1;
                int n = in.read(bytes, offset, (int) Math.min(left, wanted));
                if (n < 0) throw new EOFException("truncated file");
                left -= n;
                return n;
            }
        };
    }
}
