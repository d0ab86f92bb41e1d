package cloud.yun.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.disk.ImageFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DomainXmlTest {
    private static final UUID ID = UUID.fromString("c953fcd3-4f1a-4550-9dd4-8a6d4f885d6c");

    @Test
    void toXml_isReadBack_withWhateverIsInTheNames() {
        String nasty = "/a/<b>&'\"/disk";
        String xml = DomainXml.of("n<&>'\"", ID, DomainXml.VirtType.QEMU)
                .disk(Disk.file(Path.of(nasty), ImageFormat.QCOW2, "vda")
                        .serial("s<&>'\"")
                        .alias("ua-1"))
                .nic(Interface.tap("tap'1", "fa:16:3e:00:00:01", 1450).alias("ua-2"))
                .toXml();
        var view = DomainView.parse(xml);
        assertThat(view.name()).isEqualTo("n<&>'\"");
        assertThat(view.uuid()).isEqualTo(ID);
        assertThat(view.disk("vda")).hasValueSatisfying(d -> {
            assertThat(d.source()).contains(nasty);
            assertThat(d.serial()).contains("s<&>'\"");
            assertThat(d.alias()).contains("ua-1");
        });
        assertThat(view.nic("FA:16:3E:00:00:01").flatMap(DomainView.InterfaceView::device))
                .contains("tap'1");
        assertThat(view.vncPort()).isEmpty();
        assertThat(view.serialPty()).isEmpty();
    }

    @Test
    void toXml_hasTheRootPortsAfterTheRoot_onQ35Only() {
        var guest = DomainXml.of("n", ID, DomainXml.VirtType.QEMU).sparePorts(3);
        String q35 = guest.toXml();
        assertThat(q35.indexOf("model='pcie-root'")).isLessThan(q35.indexOf("model='pcie-root-port'"));
        assertThat(q35.split("pcie-root-port", -1)).hasSize(4);
        assertThat(guest.machine("pc").toXml()).doesNotContain("pcie-root");
    }

    @Test
    void toXml_limitsTheTranslationCache_ofEmulatedGuestsOnly() {
        assertThat(DomainXml.of("n", ID, DomainXml.VirtType.QEMU)
                        .translationCacheMib(32)
                        .toXml())
                .contains("<tb-cache unit='MiB'>32</tb-cache>");
        assertThat(DomainXml.of("n", ID, DomainXml.VirtType.KVM)
                        .translationCacheMib(32)
                        .toXml())
                .doesNotContain("tb-cache")
                .contains("host-model");
    }

    @Test
    void toXml_leavesOwnersOfFilesAlone_unlessTold() {
        var guest = DomainXml.of("n", ID, DomainXml.VirtType.QEMU);
        assertThat(guest.toXml()).contains("relabel='no'");
        assertThat(guest.runAsRoot(false).toXml()).doesNotContain("seclabel");
        assertThat(guest.vnc(Optional.empty()).toXml())
                .doesNotContain("graphics")
                .doesNotContain("<video>");
    }

    @Test
    void disk_ofTheNetwork_namesHostsAndSecret() {
        var disk = new Disk(
                new Disk.Source.Network(
                        "iscsi",
                        "iqn.2010-10.org.openstack:v/1",
                        List.of(new Disk.Host("192.0.2.1", 3260)),
                        Optional.of(new Disk.Login("u<1", "iscsi", ID))),
                "vdb",
                Disk.Bus.VIRTIO,
                Optional.empty(),
                Optional.empty(),
                "none",
                false,
                true,
                Optional.of(1));
        assertThat(disk.toXml())
                .contains("type='network'")
                .contains("<host name='192.0.2.1' port='3260'/>")
                .contains("<auth username='u&lt;1'><secret type='iscsi' uuid='" + ID + "'/></auth>")
                .contains("<shareable/>")
                .contains("<boot order='1'/>");
        assertThat(DomainXml.of("n", ID, DomainXml.VirtType.QEMU).disk(disk).toXml())
                .doesNotContain("<boot dev=");
    }

    @Test
    void names_libvirtOrTheGuestWouldChange_areRefused() {
        var disk = Disk.file(Path.of("/d"), ImageFormat.RAW, "vda");
        assertThatThrownBy(() -> disk.serial("123456789012345678901")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> disk.alias("virtio-disk0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Interface.tap("t", "m", 0).alias("ua-'")).isInstanceOf(IllegalArgumentException.class);
    }
}
