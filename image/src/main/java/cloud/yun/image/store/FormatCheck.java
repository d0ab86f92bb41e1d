package cloud.yun.image.store;

import cloud.yun.kernel.error.CloudException.Refused;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Judges an image by its first bytes: whether it is what it claims to be, and whether it makes who opens it open
/// other files too.
///
/// Data that is plainly of another format than it claims is refused always: a disk of format raw that begins with the
/// header of another format makes programs that guess open the files which that header names. With `strict`, data
/// must also have the header of the format that it claims.
///
/// @see <a href="https://www.qemu.org/docs/master/interop/qcow2.html">qcow2</a>
/// @see <a
///     href="https://docs.openstack.org/glance/latest/configuration/glance_api.html">require_image_format_match</a>
final class FormatCheck {
    /// So many bytes are enough: an ISO image tells what it is behind 32 KiB.
    static final int HEAD_BYTES = 68 << 10;

    private static final Set<String> WITH_HEADER = Set.of("qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso");
    private static final Set<String> VMDK_TYPES = Set.of("monolithicSparse", "streamOptimized");
    private static final Pattern VMDK_TYPE = Pattern.compile("createType\\s*=\\s*\"([^\"]*)\"");
    private static final long QCOW2_FEATURES_KNOWN = 0b11111;
    private static final long QCOW2_DATA_FILE = 0b100;

    private FormatCheck() {}

    /// @param claimed a disk_format; empty: nobody said
    /// @param head the first [#HEAD_BYTES] bytes, or all if there are fewer
    /// @throws Refused 415: not what it claims, or not safe to open
    static void check(String claimed, byte[] head, boolean strict) {
        var found = detect(head);
        // A bootable ISO image can be a raw disk and the other way round; neither opens other files.
        boolean contradicts = !claimed.isEmpty()
                && found.isPresent()
                && !found.get().equals(claimed)
                && !found.get().equals("iso");
        if (contradicts)
            throw refused("Image content is of format " + found.get() + ", not of its disk_format " + claimed);
        if (strict && found.isEmpty() && WITH_HEADER.contains(claimed))
            throw refused("Image content does not match disk_format " + claimed);
        if (found.isEmpty()) return;
        switch (found.get()) {
            case "qcow2" -> qcow2(head);
            case "vmdk" -> vmdk(head);
            default -> {}
        }
    }

    private static Refused refused(String message) {
        return new Refused(415, message);
    }

    private static Optional<String> detect(byte[] head) {
        if (begins(head, 0, "QFI\u00fb")) return Optional.of("qcow2");
        if (begins(head, 0, "QED\0")) return Optional.of("qed");
        if (begins(head, 0, "KDMV") || begins(head, 0, "# Disk DescriptorFile")) return Optional.of("vmdk");
        if (begins(head, 0x40, "\u007f\u0010\u00da\u00be")) return Optional.of("vdi");
        if (begins(head, 0, "conectix")) return Optional.of("vhd");
        if (begins(head, 0, "vhdxfile")) return Optional.of("vhdx");
        if (begins(head, 0x8001, "CD001")) return Optional.of("iso");
        return Optional.empty();
    }

    private static boolean begins(byte[] head, int at, String mark) {
        var bytes = mark.getBytes(StandardCharsets.ISO_8859_1);
        if (head.length < at + bytes.length) return false;
        for (int i = 0; i < bytes.length; i++) if (head[at + i] != bytes[i]) return false;
        return true;
    }

    private static void qcow2(byte[] head) {
        if (head.length < 72) throw refused("The qcow2 header is cut off.");
        var header = ByteBuffer.wrap(head);
        int version = header.getInt(4);
        if (version != 2 && version != 3) throw refused("qcow2 version " + version + " is not supported.");
        if (header.getLong(8) != 0) throw refused("Image has a backing file, which is not allowed.");
        if (version == 2) return;
        if (head.length < 104) throw refused("The qcow2 header is cut off.");
        long features = header.getLong(72);
        if ((features & QCOW2_DATA_FILE) != 0) throw refused("Image has an external data file, which is not allowed.");
        if ((features & ~QCOW2_FEATURES_KNOWN) != 0) throw refused("Image has unknown qcow2 features.");
    }

    /// A descriptor may name other files as extents; the two types that may pass name only themselves.
    private static void vmdk(byte[] head) {
        if (!begins(head, 0, "KDMV") || head.length < 512)
            throw refused("A vmdk image that is only a descriptor is not allowed.");
        var header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        long from = header.getLong(28) * 512;
        long to = from + header.getLong(36) * 512;
        if (from < 512 || to <= from || to > head.length) throw refused("The vmdk descriptor cannot be inspected.");
        var descriptor = new String(head, (int) from, (int) (to - from), StandardCharsets.ISO_8859_1);
        var type = VMDK_TYPE.matcher(descriptor);
        if (!type.find() || !VMDK_TYPES.contains(type.group(1)))
            throw refused("Only vmdk images of the types monolithicSparse and streamOptimized are allowed.");
    }
}
