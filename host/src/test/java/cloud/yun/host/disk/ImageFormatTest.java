package cloud.yun.host.disk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImageFormatTest {
    private static byte[] at(int offset, int... bytes) {
        byte[] head = new byte[offset + Math.max(bytes.length, 600)];
        for (int i = 0; i < bytes.length; i++) head[offset + i] = (byte) bytes[i];
        return head;
    }

    @Test
    void detect_readsTheMark() {
        assertThat(ImageFormat.detect(at(0, 'Q', 'F', 'I', 0xfb))).isEqualTo(ImageFormat.QCOW2);
        assertThat(ImageFormat.detect(at(0, 'K', 'D', 'M', 'V'))).isEqualTo(ImageFormat.VMDK);
        assertThat(ImageFormat.detect(at(0, 'c', 'o', 'n', 'e', 'c', 't', 'i', 'x')))
                .isEqualTo(ImageFormat.VHD);
        assertThat(ImageFormat.detect(at(0x40, 0x7f, 0x10, 0xda, 0xbe))).isEqualTo(ImageFormat.VDI);
        assertThat(ImageFormat.detect(at(0x8001, 'C', 'D', '0', '0', '1'))).isEqualTo(ImageFormat.ISO);
        assertThat(ImageFormat.detect(new byte[4])).isEqualTo(ImageFormat.RAW);
        assertThat(ImageFormat.detect(new byte[0])).isEqualTo(ImageFormat.RAW);
    }

    @Test
    void detect_whenAnIsoIsAlsoABootableDisk_staysRaw() {
        byte[] head = at(0x8001, 'C', 'D', '0', '0', '1');
        head[510] = 0x55;
        head[511] = (byte) 0xaa;
        assertThat(ImageFormat.detect(head)).isEqualTo(ImageFormat.RAW);
    }

    @Test
    void of_knowsBothNames() {
        assertThat(ImageFormat.of("vhd")).contains(ImageFormat.VHD);
        assertThat(ImageFormat.of("vpc")).contains(ImageFormat.VHD);
        assertThat(ImageFormat.of("floppy")).isEmpty();
    }
}
