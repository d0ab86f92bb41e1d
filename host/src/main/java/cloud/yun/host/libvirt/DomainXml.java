package cloud.yun.host.libvirt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A domain described for libvirt, built step by step; nothing is checked against a host before
/// `Libvirt.define`.
///
/// The defaults are those of a cloud guest: q35, virtio, BIOS, VNC on loopback, guest agent channel, random
/// numbers, balloon statistics every 10 s, 12 free ports for hot-plug, QEMU run as root without changing the
/// owners of files.
///
/// @see <a href="https://libvirt.org/formatdomain.html">domain XML</a>
public final class DomainXml {
    public enum VirtType {
        KVM("kvm"),
        /// Emulated (TCG): slow, works everywhere.
        QEMU("qemu");

        private final String wire;

        VirtType(String wire) {
            this.wire = wire;
        }

        public String wire() {
            return wire;
        }
    }

    public enum Firmware {
        BIOS,
        /// OVMF without secure boot, which needs 256 MiB of memory. The domain then has an NVRAM file, which
        /// `Domain.undefine` removes.
        UEFI
    }

    /// What the guest sees as its CPU.
    public sealed interface Cpu {
        /// The host's own; KVM only, and such a guest can only move to the same kind of host.
        record HostPassthrough() implements Cpu {}

        /// The nearest named model to the host's.
        record HostModel() implements Cpu {}

        /// All that the hypervisor can do.
        record Maximum() implements Cpu {}

        record Named(String model) implements Cpu {}
    }

    private final String name;
    private final UUID uuid;
    private final VirtType virtType;
    private final List<Disk> disks = new ArrayList<>();
    private final List<Interface> interfaces = new ArrayList<>();
    private long memoryMib = 512;
    private int vcpus = 1;
    private String machine = "q35";
    private Cpu cpu;
    private Firmware firmware = Firmware.BIOS;
    private Optional<Path> serialLog = Optional.empty();
    private Optional<String> vncListen = Optional.of("127.0.0.1");
    private boolean guestAgent = true;
    private int sparePorts = 12;
    private int translationCacheMib;
    private int statsPeriodSeconds = 10;
    private String video = "vga";
    private Optional<String> metadata = Optional.empty();
    private Optional<String> mark = Optional.empty();
    private Optional<String> serialNumber = Optional.empty();
    private boolean runAsRoot = true;

    private DomainXml(String name, UUID uuid, VirtType virtType) {
        this.name = name;
        this.uuid = uuid;
        this.virtType = virtType;
        this.cpu = virtType == VirtType.KVM ? new Cpu.HostModel() : new Cpu.Named("qemu64");
    }

    /// @param uuid the guest reads it from its firmware too
    public static DomainXml of(String name, UUID uuid, VirtType virtType) {
        return new DomainXml(name, uuid, virtType);
    }

    public DomainXml memoryMib(long mib) {
        memoryMib = mib;
        return this;
    }

    public DomainXml vcpus(int count) {
        vcpus = count;
        return this;
    }

    /// @param type `q35` or `pc`
    public DomainXml machine(String type) {
        machine = type;
        return this;
    }

    public DomainXml cpu(Cpu kind) {
        cpu = kind;
        return this;
    }

    public DomainXml firmware(Firmware kind) {
        firmware = kind;
        return this;
    }

    public DomainXml disk(Disk disk) {
        disks.add(disk);
        return this;
    }

    public DomainXml nic(Interface nic) {
        interfaces.add(nic);
        return this;
    }

    /// Where the serial console is written, kept over restarts of the guest. The file is root's, mode 0600.
    public DomainXml serialLog(Path file) {
        serialLog = Optional.of(file);
        return this;
    }

    /// @param address where VNC and its WebSocket listen; empty for no graphics
    public DomainXml vnc(Optional<String> address) {
        vncListen = address;
        return this;
    }

    public DomainXml guestAgent(boolean channel) {
        guestAgent = channel;
        return this;
    }

    /// @param count PCIe ports for devices plugged in later; q35 has no others
    public DomainXml sparePorts(int count) {
        sparePorts = count;
        return this;
    }

    /// @param mib code cache of an emulated guest; 0 leaves QEMU's default. 32 saves about 60 MB per small
    /// guest
    public DomainXml translationCacheMib(int mib) {
        translationCacheMib = mib;
        return this;
    }

    /// @param seconds between two memory statistics of the guest; 0 for none
    public DomainXml statsPeriodSeconds(int seconds) {
        statsPeriodSeconds = seconds;
        return this;
    }

    /// @param model `vga`, `virtio`, `cirrus`, `qxl`
    public DomainXml video(String model) {
        video = model;
        return this;
    }

    public DomainXml metadata(NovaMetadata nova) {
        metadata = Optional.of(nova.toXml());
        return this;
    }

    /// @param element one more element below `<metadata>`, in a namespace of its own
    public DomainXml mark(String element) {
        mark = Optional.of(element);
        return this;
    }

    /// @param text the serial number of the machine as the guest reads it; by default its UUID
    public DomainXml serialNumber(String text) {
        serialNumber = Optional.of(text);
        return this;
    }

    /// @param root true: QEMU runs as root and libvirt leaves the owner of every file alone; false: as
    /// qemu.conf says
    public DomainXml runAsRoot(boolean root) {
        runAsRoot = root;
        return this;
    }

    public String toXml() {
        var xml = new StringBuilder();
        xml.append("<domain type='%s'>\n".formatted(virtType.wire()));
        xml.append("<name>%s</name><uuid>%s</uuid>\n".formatted(Xml.escape(name), uuid));
        if (metadata.isPresent() || mark.isPresent())
            xml.append("<metadata>")
                    .append(metadata.orElse(""))
                    .append(mark.orElse(""))
                    .append("</metadata>\n");
        xml.append("<memory unit='MiB'>%d</memory><currentMemory unit='MiB'>%d</currentMemory>\n"
                .formatted(memoryMib, memoryMib));
        xml.append("<vcpu placement='static'>%d</vcpu>\n".formatted(vcpus));
        firmwareAndBoot(xml);
        features(xml);
        xml.append(cpuXml());
        xml.append("<clock offset='utc'><timer name='pit' tickpolicy='delay'/><timer name='rtc' tickpolicy='catchup'/>"
                + "<timer name='hpet' present='no'/></clock>\n");
        xml.append("<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>\n");
        xml.append("<devices>\n");
        disks.forEach(d -> xml.append(d.toXml()).append('\n'));
        controllers(xml);
        interfaces.forEach(i -> xml.append(i.toXml()).append('\n'));
        consoles(xml);
        xml.append("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n");
        xml.append("<memballoon model='virtio'>");
        if (statsPeriodSeconds > 0) xml.append("<stats period='%d'/>".formatted(statsPeriodSeconds));
        xml.append("</memballoon>\n</devices>\n");
        // Without relabel=no libvirt gives each disk, and what it is backed by, to the user QEMU runs as.
        if (runAsRoot) {
            xml.append("<seclabel type='static' model='dac' relabel='no'><label>+0:+0</label></seclabel>\n");
        }
        return xml.append("</domain>\n").toString();
    }

    private void firmwareAndBoot(StringBuilder xml) {
        // cloud-init takes a machine for an OpenStack guest by this product name.
        xml.append("<sysinfo type='smbios'><system><entry name='manufacturer'>Yun</entry>"
                + "<entry name='product'>OpenStack Nova</entry>");
        xml.append("<entry name='serial'>%s</entry><entry name='uuid'>%s</entry>"
                .formatted(Xml.escape(serialNumber.orElse(uuid.toString())), uuid));
        xml.append("<entry name='family'>Virtual Machine</entry></system></sysinfo>\n");
        xml.append("<os%s><type arch='x86_64' machine='%s'>hvm</type>"
                .formatted(firmware == Firmware.UEFI ? " firmware='efi'" : "", Xml.escape(machine)));
        if (firmware == Firmware.UEFI) {
            // `efi` alone picks the secure-boot build, which refuses unsigned boot loaders.
            xml.append("<firmware><feature enabled='no' name='enrolled-keys'/>"
                    + "<feature enabled='no' name='secure-boot'/></firmware>");
        }
        boolean ordered = disks.stream().anyMatch(d -> d.bootOrder().isPresent());
        if (!ordered) xml.append("<boot dev='hd'/>");
        xml.append("<smbios mode='sysinfo'/></os>\n");
    }

    private void features(StringBuilder xml) {
        xml.append("<features><acpi/><apic/>");
        if (virtType == VirtType.QEMU && translationCacheMib > 0) {
            xml.append("<tcg><tb-cache unit='MiB'>%d</tb-cache></tcg>".formatted(translationCacheMib));
        }
        xml.append("</features>\n");
    }

    private String cpuXml() {
        String topology = "<topology sockets='%d' cores='1' threads='1'/>".formatted(vcpus);
        return switch (cpu) {
                    case Cpu.HostPassthrough _ -> "<cpu mode='host-passthrough'>" + topology;
                    case Cpu.HostModel _ -> "<cpu mode='host-model'>" + topology;
                    case Cpu.Maximum _ -> "<cpu mode='maximum'>" + topology;
                    case Cpu.Named(var model) ->
                        "<cpu mode='custom' match='exact'><model>" + Xml.escape(model) + "</model>" + topology;
                }
                + "</cpu>\n";
    }

    private void controllers(StringBuilder xml) {
        xml.append("<controller type='usb' model='none'/>\n");
        if (!machine.contains("q35")) return;
        // The root must be said before its ports.
        xml.append("<controller type='pci' index='0' model='pcie-root'/>\n");
        xml.repeat("<controller type='pci' model='pcie-root-port'/>\n", sparePorts);
    }

    private void consoles(StringBuilder xml) {
        xml.append("<serial type='pty'>");
        serialLog.ifPresent(f -> xml.append("<log file='%s' append='on'/>".formatted(Xml.escape(f.toString()))));
        xml.append("<target port='0'/></serial>\n");
        if (guestAgent) {
            xml.append("<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>\n");
        }
        if (vncListen.isEmpty()) return;
        String address = Xml.escape(vncListen.get());
        xml.append("<graphics type='vnc' port='-1' autoport='yes' websocket='-1' listen='%s'/>\n".formatted(address));
        xml.append("<video><model type='%s'%s/></video>\n"
                .formatted(Xml.escape(video), video.equals("vga") ? " vram='16384'" : ""));
    }
}
