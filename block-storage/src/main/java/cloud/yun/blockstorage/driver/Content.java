package cloud.yun.blockstorage.driver;

/// The bytes of a volume or snapshot, opened on its storage host.
public interface Content extends AutoCloseable {
    /// @return length in bytes
    long size();

    /// @return how many bytes were read: less than `length` only at the end, 0 behind it
    int read(long offset, byte[] into, int length);

    void write(long offset, byte[] data, int length);

    /// What was written survives a power cut.
    void force();

    @Override
    void close();
}
