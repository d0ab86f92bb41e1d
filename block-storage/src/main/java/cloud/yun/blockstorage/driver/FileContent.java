package cloud.yun.blockstorage.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file as a volume's bytes.
final class FileContent implements Content {
    private final FileChannel channel;

    private FileContent(FileChannel channel) {
        this.channel = channel;
    }

    static FileContent open(Path file) throws IOException {
        return new FileContent(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public long size() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int read(long offset, byte[] into, int length) {
        var buffer = ByteBuffer.wrap(into, 0, length);
        try {
            while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.position();
    }

    @Override
    public void write(long offset, byte[] data, int length) {
        var buffer = ByteBuffer.wrap(data, 0, length);
        try {
            while (buffer.hasRemaining()) channel.write(buffer, offset + buffer.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void force() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
