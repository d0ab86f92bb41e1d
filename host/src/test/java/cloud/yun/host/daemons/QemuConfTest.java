package cloud.yun.host.daemons;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QemuConfTest {
    @Test
    void trouble_whenQemuIsNotRoot_namesTheDaemonAndTheUser() {
        assertThat(QemuConf.trouble("libvirtd (process 7)", "#user = \"root\"\nuser = \"libvirt-qemu\"\n"))
                .hasValueSatisfying(t -> assertThat(t).contains("process 7").contains("libvirt-qemu"));
        assertThat(QemuConf.trouble("libvirtd", "#user = \"root\"\n")).isPresent();
        assertThat(QemuConf.trouble("libvirtd", "user = \"root\"\n")).isEmpty();
        assertThat(QemuConf.trouble("libvirtd", "  user=\"+0\"\n")).isEmpty();
    }
}
