package cloud.yun.compute.driver.libvirt;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Rescue;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.libvirt.Disk;
import cloud.yun.host.libvirt.DomainXml;
import cloud.yun.host.libvirt.DomainXml.Cpu;
import cloud.yun.host.libvirt.DomainXml.VirtType;
import cloud.yun.host.libvirt.Interface;
import cloud.yun.host.libvirt.NovaMetadata;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A guest in libvirt's words.
final class GuestXml {
    /// Targets of our own disks, at the end of the alphabet so that no volume's name is taken.
    private static final String EPHEMERAL = "x";

    private static final String SWAP = "y";
    private static final String CONFIG_DRIVE = "z";
    private static final String RESCUE = "w";

    private final LibvirtOptions options;
    private final GuestFiles files;
    private final Clock clock;

    GuestXml(LibvirtOptions options, GuestFiles files, Clock clock) {
        this.options = options;
        this.files = files;
        this.clock = clock;
    }

    /// @param rescue what it runs from instead of its own disks, if anything
    /// @param name the domain's
    /// @param mark that makes it ours
    String of(Guest guest, Optional<Rescue> rescue, String name, String mark) {
        var id = guest.serverId();
        var properties = guest.properties();
        var xml = DomainXml.of(name, UUID.fromString(id), options.virtType())
                .memoryMib(guest.memoryMib())
                .vcpus(guest.vcpus())
                .serialLog(files.consoleLog(id))
                .vnc(Optional.of(options.vncListen()))
                .translationCacheMib(options.translationCacheMib())
                .metadata(metadata(guest))
                .mark(mark);
        if (options.virtType() == VirtType.KVM) xml.cpu(new Cpu.HostModel());
        property(properties, "hw_machine_type").ifPresent(xml::machine);
        property(properties, "hw_video_model").ifPresent(xml::video);
        if (property(properties, "hw_firmware_type").equals(Optional.of("uefi"))) xml.firmware(DomainXml.Firmware.UEFI);
        if (rescue.isEmpty()) disks(guest).forEach(xml::disk);
        else rescued(guest, rescue.get()).forEach(xml::disk);
        for (var nic : guest.nics()) xml.nic(nic(nic));
        return xml.toXml();
    }

    /// In the order in which the guest is to see them: root, ephemeral, swap, volumes, config drive.
    private List<Disk> disks(Guest guest) {
        var all = new ArrayList<Disk>();
        var id = guest.serverId();
        var bus = bus(guest.properties());
        var prefix = prefix(bus);
        if (guest.image().isPresent())
            all.add(Disk.file(files.root(id), ImageFormat.QCOW2, target(guest.rootDevice()))
                    .bus(bus)
                    .cache(cache())
                    .boot(1));
        if (guest.ephemeralGib() > 0)
            all.add(Disk.file(files.ephemeral(id), ImageFormat.QCOW2, prefix + EPHEMERAL)
                    .bus(bus)
                    .cache(cache()));
        if (guest.swapMib() > 0)
            all.add(Disk.file(files.swap(id), ImageFormat.QCOW2, prefix + SWAP)
                    .bus(bus)
                    .cache(cache()));
        for (var volume : guest.volumes()) all.add(volume(volume));
        if (!guest.configDrive().isEmpty())
            all.add(Disk.configDrive(files.configDrive(id), "vd" + CONFIG_DRIVE).cache(cache()));
        return all;
    }

    /// The rescue disk is booted from. It takes the root's place and the root is the second disk, with no others; or,
    /// when the rescue image says what it wants to be, all disks keep their places and it is one more.
    private List<Disk> rescued(Guest guest, Rescue rescue) {
        var id = guest.serverId();
        var wished = rescue.properties();
        boolean stable = wished.containsKey("hw_rescue_device") || wished.containsKey("hw_rescue_bus");
        var all = new ArrayList<Disk>();
        if (stable) {
            var asked = wished.getOrDefault("hw_rescue_bus", "virtio");
            // Our machines have neither of the two; firmware boots from SATA just as well.
            var bus = bus(asked.equals("usb") || asked.equals("ide") ? "sata" : asked);
            all.add(rescueDisk(id, prefix(bus) + RESCUE, bus));
            for (var disk : disks(guest))
                all.add(disk.bootOrder().map(o -> disk.boot(o + 1)).orElse(disk));
            return all;
        }
        var bus = bus(guest.properties());
        all.add(rescueDisk(id, prefix(bus) + "a", bus));
        for (var disk : disks(guest)) {
            if (disk.source() instanceof Disk.Source.File(var path, var format) && path.equals(files.root(id)))
                all.add(Disk.file(path, format, prefix(bus) + "b").bus(bus).cache(cache()));
            if (disk.readOnly()) all.add(disk); // the config drive
        }
        return all;
    }

    private Disk rescueDisk(String serverId, String target, Disk.Bus bus) {
        return Disk.file(files.rescue(serverId), ImageFormat.QCOW2, target)
                .bus(bus)
                .cache(cache())
                .boot(1);
    }

    private static String prefix(Disk.Bus bus) {
        return bus == Disk.Bus.VIRTIO ? "vd" : bus == Disk.Bus.IDE ? "hd" : "sd";
    }

    /// Through the host's page cache, as Nova does where a file system has no direct I/O; a flush of the guest
    /// still reaches the disk.
    private static String cache() {
        return "writeback";
    }

    private static Optional<String> property(Map<String, String> properties, String name) {
        return Optional.ofNullable(properties.get(name))
                .or(() -> Optional.ofNullable(properties.get(name.replaceFirst("_", ":"))));
    }

    private static Disk.Bus bus(Map<String, String> properties) {
        return bus(property(properties, "hw_disk_bus").orElse("virtio"));
    }

    private static Disk.Bus bus(String name) {
        var wanted = name.toLowerCase(Locale.ROOT);
        return switch (wanted) {
            case "virtio" -> Disk.Bus.VIRTIO;
            case "scsi" -> Disk.Bus.SCSI;
            case "sata" -> Disk.Bus.SATA;
            case "ide" -> Disk.Bus.IDE;
            default -> throw new Invalid("Disk bus " + wanted + " is not supported.");
        };
    }

    private NovaMetadata metadata(Guest guest) {
        return new NovaMetadata(
                guest.displayName(),
                clock.instant(),
                guest.properties().getOrDefault("flavor_name", ""),
                guest.memoryMib(),
                guest.rootGib(),
                guest.swapMib(),
                guest.ephemeralGib(),
                guest.vcpus(),
                guest.userId(),
                "",
                guest.projectId(),
                "",
                guest.image().map(HypervisorDriver.Image::id));
    }

    /// @param device for example `/dev/vdb`
    static String target(String device) {
        return device.replaceFirst("^/dev/", "");
    }

    static String volumeAlias(String volumeId) {
        return "ua-" + volumeId;
    }

    static String nicAlias(String portId) {
        return "ua-" + portId;
    }

    static Interface nic(HypervisorDriver.Nic nic) {
        return Interface.tap(nic.tap(), nic.mac(), nic.mtu()).alias(nicAlias(nic.portId()));
    }

    /// @throws Invalid a kind of volume that guests of this host cannot open
    static Disk volume(HypervisorDriver.Disk volume) {
        var target = target(volume.device());
        var bus = target.startsWith("vd") ? Disk.Bus.VIRTIO : Disk.Bus.SCSI;
        var serial = volume.volumeId();
        var disk = new Disk(
                source(volume.connection()),
                target,
                bus,
                Optional.of(serial.substring(0, Math.min(Disk.SERIAL_MAX, serial.length()))),
                Optional.of(volumeAlias(volume.volumeId())),
                cache(),
                false,
                false,
                Optional.empty());
        return volume.bootIndex() >= 0 ? disk.boot(volume.bootIndex() + 1) : disk;
    }

    private static Disk.Source source(Connection connection) {
        var data = connection.data();
        return switch (connection.type()) {
            case "file", "local" ->
                new Disk.Source.File(
                        Path.of(needed(data, "path")),
                        ImageFormat.of(data.getOrDefault("format", "raw"))
                                .orElseThrow(() -> new Invalid(
                                        "Volumes of format " + data.get("format") + " cannot be attached.")));
            case "nfs" ->
                new Disk.Source.Network(
                        "nfs",
                        needed(data, "path"),
                        List.of(new cloud.yun.host.libvirt.Disk.Host(needed(data, "host"), 0)),
                        Optional.empty());
            case "iscsi" -> {
                var portal = needed(data, "target_portal").split(":");
                yield new Disk.Source.Network(
                        "iscsi",
                        needed(data, "target_iqn") + "/" + data.getOrDefault("target_lun", "0"),
                        List.of(new cloud.yun.host.libvirt.Disk.Host(portal[0], Integer.parseInt(portal[1]))),
                        Optional.empty());
            }
            default -> throw new Invalid("Volumes of type " + connection.type() + " cannot be attached on this host.");
        };
    }

    private static String needed(Map<String, String> data, String name) {
        return Optional.ofNullable(data.get(name))
                .orElseThrow(() -> new IllegalArgumentException("the connection has no " + name));
    }
}
