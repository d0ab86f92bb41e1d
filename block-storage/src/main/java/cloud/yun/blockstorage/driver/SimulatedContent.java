package cloud.yun.blockstorage.driver;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/// A simulated volume's text as bytes. What was written is the volume's with [#force].
final class SimulatedContent implements Content {
    private byte[] data;
    private final Consumer<String> store;

    SimulatedContent(String text, Consumer<String> store) {
        this.data = text.getBytes(StandardCharsets.UTF_8);
        this.store = store;
    }

    @Override
    public long size() {
        return data.length;
    }

    @Override
    public int read(long offset, byte[] into, int length) {
        int n = (int) Math.max(0, Math.min(length, data.length - offset));
        if (n > 0) System.arraycopy(data, (int) offset, into, 0, n);
        return n;
    }

    @Override
    public void write(long offset, byte[] bytes, int length) {
        int end = (int) offset + length;
        if (end > data.length) data = Arrays.copyOf(data, end);
        System.arraycopy(bytes, 0, data, (int) offset, length);
    }

    @Override
    public void force() {
        store.accept(new String(data, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        // nothing is open
    }
}
