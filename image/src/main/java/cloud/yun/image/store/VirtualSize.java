package cloud.yun.image.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads the size of the disk out of an image's first bytes, where the format keeps it there.
///
/// @see <a href="https://www.qemu.org/docs/master/interop/qcow2.html">qcow2</a>
final class VirtualSize {
    /// So many bytes are enough.
    static final int HEAD_BYTES = 512;

    private VirtualSize() {}

    /// @param diskFormat the format that the image claims
    /// @param head the first [#HEAD_BYTES] bytes, or all if there are fewer
    /// @return bytes; empty when the format does not tell or the data is not what it claims to be
    static Optional<Long> of(String diskFormat, byte[] head, long fileBytes) {
        return switch (diskFormat) {
            case "raw", "iso", "ami", "ari", "aki" -> Optional.of(fileBytes);
            case "qcow2" -> marked(head, 0, "QFI\u00fb").map(b -> b.getLong(24));
            case "vdi" ->
                head.length >= 0x178 && ByteBuffer.wrap(head).getInt(0x40) == 0x7f10dabe
                        ? Optional.of(ByteBuffer.wrap(head)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong(0x170))
                        : Optional.empty();
            case "vmdk" ->
                marked(head, 0, "KDMV")
                        .map(b -> b.order(ByteOrder.LITTLE_ENDIAN).getLong(12) * 512);
            case "vhd" -> marked(head, 0, "conectix").map(b -> b.getLong(48));
            default -> Optional.empty();
        };
    }

    private static Optional<ByteBuffer> marked(byte[] head, int at, String mark) {
        var bytes = mark.getBytes(StandardCharsets.ISO_8859_1);
        if (head.length < 64) return Optional.empty();
        for (int i = 0; i < bytes.length; i++) if (head[at + i] != bytes[i]) return Optional.empty();
        return Optional.of(ByteBuffer.wrap(head));
    }
}
