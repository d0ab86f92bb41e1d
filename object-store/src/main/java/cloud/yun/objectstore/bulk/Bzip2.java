package cloud.yun.objectstore.bulk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Decompresses bzip2, block by block: Huffman codes, move-to-front, and the inverse Burrows-Wheeler transform.
///
/// Memory is bounded by the format: at most 900 000 positions. Checksums of blocks are verified.
final class Bzip2 extends InputStream {
    private static final int GROUP = 50;
    private static final int LENGTH_MAX = 20;
    private static final long BLOCK_MAGIC = 0x314159265359L;
    private static final long END_MAGIC = 0x177245385090L;
    private static final int[] CRC = crcTable();

    private final InputStream in;
    private long bits;
    private int bitCount;
    private int blockMax;
    private int[] next = {};
    private int[] tails = {};
    private int left;
    private int position;
    private int repeat;
    private int run;
    private int last = -1;
    private int crc;
    private int blockCrc;
    private boolean began;
    private boolean over;

    Bzip2(InputStream in) {
        this.in = in;
    }

    private static int[] crcTable() {
        var table = new int[256];
        for (int i = 0; i < 256; i++) {
            int c = i << 24;
            for (int k = 0; k < 8; k++) c = c < 0 ? c << 1 ^ 0x04c11db7 : c << 1;
            table[i] = c;
        }
        return table;
    }

    private long bits(int count) throws IOException {
        while (bitCount < count) {
            int b = in.read();
            if (b < 0) throw new EOFException("truncated bzip2 data");
            bits = bits << 8 | b;
            bitCount += 8;
        }
        bitCount -= count;
        return bits >>> bitCount & (1L << count) - 1;
    }

    private boolean bit() throws IOException {
        return bits(1) == 1;
    }

    @Override
    public int read() throws IOException {
        while (repeat == 0) {
            if (over) return -1;
            if (left == 0) {
                if (began && last != -2) finishBlock();
                if (!block()) {
                    over = true;
                    return -1;
                }
                continue;
            }
            position = next[position];
            int value = position & 0xff;
            position >>>= 8;
            left--;
            if (run == 4) {
                // Four alike are followed by how many more there are.
                repeat = value;
                run = 0;
                if (repeat == 0) {
                    last = -1;
                    continue;
                }
                break;
            }
            run = value == last ? run + 1 : 1;
            last = value;
            crc = crc << 8 ^ CRC[(crc >>> 24 ^ value) & 0xff];
            return value;
        }
        repeat--;
        int value = last;
        crc = crc << 8 ^ CRC[(crc >>> 24 ^ value) & 0xff];
        if (repeat == 0) last = -1;
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        int n = 0;
        while (n < wanted) {
            int b = read();
            if (b < 0) break;
            bytes[offset + n++] = (byte) b;
        }
        return n == 0 && wanted > 0 ? -1 : n;
    }

    private void finishBlock() throws IOException {
        if (~crc != blockCrc) throw new IOException("bad bzip2 checksum");
    }

    /// @return false at the end
    private boolean block() throws IOException {
        if (!began) {
            if (bits(24) != 0x425a68) throw new IOException("not bzip2 data");
            int level = (int) bits(8) - '0';
            if (level < 1 || level > 9) throw new IOException("not bzip2 data");
            blockMax = level * 100_000;
            next = new int[blockMax];
            tails = new int[blockMax];
            began = true;
        }
        long magic = bits(48);
        if (magic == END_MAGIC) {
            bits(32); // of all blocks; each was verified
            return false;
        }
        if (magic != BLOCK_MAGIC) throw new IOException("damaged bzip2 data");
        blockCrc = (int) bits(32);
        if (bit()) throw new IOException("randomized bzip2 data are not supported");
        int origin = (int) bits(24);
        int length = decode();
        if (origin >= length) throw new IOException("damaged bzip2 data");
        position = next[origin] >>> 8;
        left = length;
        crc = -1;
        run = 0;
        last = -1;
        return true;
    }

    private int decode() throws IOException {
        var symbols = symbols();
        int alphabet = symbols.length + 2;
        int groups = (int) bits(3);
        int selectorCount = (int) bits(15);
        if (groups < 2 || groups > 6 || selectorCount < 1) throw new IOException("damaged bzip2 data");
        var selectors = selectors(groups, selectorCount);
        var codes = new Code[groups];
        for (int g = 0; g < groups; g++) codes[g] = code(alphabet);
        var counts = new int[256];
        int length = 0;
        int runLength = 0;
        int runWeight = 1;
        int selector = 0;
        int inGroup = 0;
        while (true) {
            if (inGroup == 0) {
                if (selector >= selectors.length) throw new IOException("damaged bzip2 data");
                selector++;
                inGroup = GROUP;
            }
            inGroup--;
            int symbol = codes[selectors[selector - 1]].read(this);
            if (symbol <= 1) {
                runLength += runWeight << symbol;
                runWeight <<= 1;
                if (runLength > blockMax) throw new IOException("damaged bzip2 data");
                continue;
            }
            if (runLength > 0) {
                if (length + runLength > blockMax) throw new IOException("damaged bzip2 data");
                int value = symbols[0];
                counts[value] += runLength;
                for (; runLength > 0; runLength--) tails[length++] = value;
                runWeight = 1;
            }
            if (symbol == alphabet - 1) break;
            if (length >= blockMax) throw new IOException("damaged bzip2 data");
            int value = symbols[symbol - 1];
            System.arraycopy(symbols, 0, symbols, 1, symbol - 1);
            symbols[0] = value;
            counts[value]++;
            tails[length++] = value;
        }
        inverse(counts, length);
        return length;
    }

    /// `next[i]` is the place of the following byte, and that byte itself in its low bits.
    private void inverse(int[] counts, int length) {
        int sum = 0;
        for (int i = 0; i < 256; i++) {
            int count = counts[i];
            counts[i] = sum;
            sum += count;
        }
        for (int i = 0; i < length; i++) next[i] = 0;
        for (int i = 0; i < length; i++) {
            int value = tails[i];
            next[counts[value]++] |= i << 8;
        }
        for (int i = 0; i < length; i++) next[i] |= tails[i];
    }

    private int[] symbols() throws IOException {
        int map = (int) bits(16);
        var found = new int[256];
        int n = 0;
        for (int i = 0; i < 16; i++) {
            if ((map & 0x8000 >> i) == 0) continue;
            int part = (int) bits(16);
            for (int j = 0; j < 16; j++) if ((part & 0x8000 >> j) != 0) found[n++] = i * 16 + j;
        }
        if (n == 0) throw new IOException("damaged bzip2 data");
        return java.util.Arrays.copyOf(found, n);
    }

    private int[] selectors(int groups, int count) throws IOException {
        var order = new int[groups];
        for (int i = 0; i < groups; i++) order[i] = i;
        var found = new int[count];
        for (int i = 0; i < count; i++) {
            int at = 0;
            while (bit()) if (++at >= groups) throw new IOException("damaged bzip2 data");
            int value = order[at];
            System.arraycopy(order, 0, order, 1, at);
            order[0] = value;
            found[i] = value;
        }
        return found;
    }

    private Code code(int alphabet) throws IOException {
        var lengths = new int[alphabet];
        int length = (int) bits(5);
        for (int i = 0; i < alphabet; i++) {
            while (true) {
                if (length < 1 || length > LENGTH_MAX) throw new IOException("damaged bzip2 data");
                if (!bit()) break;
                length += bit() ? -1 : 1;
            }
            lengths[i] = length;
        }
        return new Code(lengths);
    }

    /// Canonical Huffman codes: those of one length follow one another.
    private static final class Code {
        private final int[] firstCode = new int[LENGTH_MAX + 2];
        private final int[] firstIndex = new int[LENGTH_MAX + 2];
        private final int[] counts = new int[LENGTH_MAX + 1];
        private final int[] sorted;

        Code(int[] lengths) {
            for (int length : lengths) counts[length]++;
            sorted = new int[lengths.length];
            int code = 0;
            int index = 0;
            for (int length = 1; length <= LENGTH_MAX; length++) {
                firstCode[length] = code;
                firstIndex[length] = index;
                for (int i = 0; i < lengths.length; i++) if (lengths[i] == length) sorted[index++] = i;
                code = code + counts[length] << 1;
            }
        }

        int read(Bzip2 in) throws IOException {
            int code = 0;
            for (int length = 1; length <= LENGTH_MAX; length++) {
                code = code << 1 | (in.bit() ? 1 : 0);
                int offset = code - firstCode[length];
                if (offset >= 0 && offset < counts[length]) return sorted[firstIndex[length] + offset];
            }
            throw new IOException("damaged bzip2 data");
        }
    }
}
