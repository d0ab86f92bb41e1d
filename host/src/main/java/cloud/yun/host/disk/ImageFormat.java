package cloud.yun.host.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/// Disk formats by the names of OpenStack images; `qemuName` is QEMU's name for the same.
public enum ImageFormat {
    RAW("raw", "raw"),
    QCOW2("qcow2", "qcow2"),
    VMDK("vmdk", "vmdk"),
    VDI("vdi", "vdi"),
    VHD("vhd", "vpc"),
    VHDX("vhdx", "vhdx"),
    ISO("iso", "raw"),
    QED("qed", "qed"),
    LUKS("luks", "luks");

    private static final int ISO_MAGIC_OFFSET = 0x8001;

    private final String wire;
    private final String qemuName;

    ImageFormat(String wire, String qemuName) {
        this.wire = wire;
        this.qemuName = qemuName;
    }

    /// @return the name in OpenStack's APIs (`disk_format`)
    public String wire() {
        return wire;
    }

    public String qemuName() {
        return qemuName;
    }

    public static Optional<ImageFormat> of(String wireOrQemuName) {
        return Arrays.stream(values())
                .filter(f -> f.wire.equals(wireOrQemuName) || f.qemuName.equals(wireOrQemuName))
                .findFirst();
    }

    /// Tells the format from the first bytes of a file. What has no known mark is raw.
    public static ImageFormat detect(Path file) {
        var head = ByteBuffer.allocate(ISO_MAGIC_OFFSET + 5);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (head.hasRemaining() && channel.read(head) >= 0) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return detect(Arrays.copyOf(head.array(), head.position()));
    }

    /// The same from the first bytes themselves; 32774 of them are enough to know an ISO too.
    public static ImageFormat detect(byte[] head) {
        if (starts(head, 0, "QFI\u00fb")) return QCOW2;
        if (starts(head, 0, "QED\0")) return QED;
        if (starts(head, 0, "KDMV") || starts(head, 0, "COWD") || starts(head, 0, "# Disk DescriptorFile")) {
            return VMDK;
        }
        if (starts(head, 0, "vhdxfile")) return VHDX;
        if (starts(head, 0, "conectix")) return VHD;
        if (starts(head, 0x40, "\u007f\u0010\u00da\u00be")) return VDI;
        if (starts(head, 0, "LUKS\u00ba\u00be")) return LUKS;
        // A bootable ISO can also be a bootable disk: with a partition table it stays raw, as it was uploaded to be.
        if (starts(head, ISO_MAGIC_OFFSET, "CD001") && !starts(head, 510, "\u0055\u00aa")) return ISO;
        return RAW;
    }

    private static boolean starts(byte[] head, int offset, String mark) {
        if (head.length < offset + mark.length()) return false;
        for (int i = 0; i < mark.length(); i++) {
            if ((head[offset + i] & 0xff) != mark.charAt(i)) return false;
        }
        return true;
    }
}
