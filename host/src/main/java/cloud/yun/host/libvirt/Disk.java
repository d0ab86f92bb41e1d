package cloud.yun.host.libvirt;

import cloud.yun.host.disk.ImageFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A disk of a guest.
///
/// @param target `vda`; the guest may name it otherwise
/// @param serial what the guest reads as its serial number
/// @param alias starts with `ua-`; names the device in events, so that a later detach knows what to wait for
/// @param cache QEMU's cache mode: `none`, `writeback`, `directsync`, `unsafe`
/// @param bootOrder 1 is tried first
public record Disk(
        Source source,
        String target,
        Bus bus,
        Optional<String> serial,
        Optional<String> alias,
        String cache,
        boolean readOnly,
        boolean shareable,
        Optional<Integer> bootOrder) {
    /// virtio cuts longer serial numbers off.
    public static final int SERIAL_MAX = 20;

    public enum Bus {
        VIRTIO("virtio"),
        SCSI("scsi"),
        SATA("sata"),
        IDE("ide");

        private final String wire;

        Bus(String wire) {
            this.wire = wire;
        }
    }

    /// Where the bytes are.
    public sealed interface Source {
        record File(Path path, ImageFormat format) implements Source {}

        record BlockDevice(Path path) implements Source {}

        /// Opened by QEMU itself, raw.
        ///
        /// @param protocol `iscsi` (name `IQN/LUN`), `rbd` (name `pool/image`), `nfs` (name: path), `nbd`
        /// (export name)
        record Network(String protocol, String name, List<Host> hosts, Optional<Login> login) implements Source {}
    }

    /// @param port 0 leaves it out: NFS has none
    public record Host(String name, int port) {}

    /// @param usage as the secret was set: `iscsi` or `ceph`
    public record Login(String user, String usage, UUID secret) {}

    public Disk {
        if (serial.orElse("").length() > SERIAL_MAX) {
            throw new IllegalArgumentException("serial longer than " + SERIAL_MAX + " characters: " + serial.get());
        }
        if (alias.isPresent() && !alias.get().matches("ua-[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("an alias of ours starts with ua-: " + alias.get());
        }
    }

    /// A writable virtio disk from a file, cache `none`.
    public static Disk file(Path path, ImageFormat format, String target) {
        return new Disk(
                new Source.File(path, format),
                target,
                Bus.VIRTIO,
                Optional.empty(),
                Optional.empty(),
                "none",
                false,
                false,
                Optional.empty());
    }

    /// A raw read-only virtio disk: cloud kernels may have no driver for a CD-ROM on q35.
    public static Disk configDrive(Path iso, String target) {
        return file(iso, ImageFormat.RAW, target).readOnlyCopy();
    }

    private Disk readOnlyCopy() {
        return new Disk(source, target, bus, serial, alias, cache, true, shareable, bootOrder);
    }

    public Disk serial(String text) {
        return new Disk(source, target, bus, Optional.of(text), alias, cache, readOnly, shareable, bootOrder);
    }

    public Disk alias(String text) {
        return new Disk(source, target, bus, serial, Optional.of(text), cache, readOnly, shareable, bootOrder);
    }

    public Disk cache(String mode) {
        return new Disk(source, target, bus, serial, alias, mode, readOnly, shareable, bootOrder);
    }

    public Disk bus(Bus other) {
        return new Disk(source, target, other, serial, alias, cache, readOnly, shareable, bootOrder);
    }

    public Disk boot(int order) {
        return new Disk(source, target, bus, serial, alias, cache, readOnly, shareable, Optional.of(order));
    }

    public Disk shared() {
        return new Disk(source, target, bus, serial, alias, cache, readOnly, true, bootOrder);
    }

    /// @return `<disk>`, for a domain or to attach and detach by itself
    public String toXml() {
        var xml = new StringBuilder();
        String type = switch (source) {
            case Source.File _ -> "file";
            case Source.BlockDevice _ -> "block";
            case Source.Network _ -> "network";
        };
        String format = source instanceof Source.File file ? file.format().qemuName() : "raw";
        xml.append("<disk type='%s' device='disk'>".formatted(type));
        xml.append("<driver name='qemu' type='%s' cache='%s' discard='unmap'%s/>"
                .formatted(format, Xml.escape(cache), cache.equals("none") ? " io='native'" : ""));
        switch (source) {
            case Source.File(var path, var _) ->
                xml.append("<source file='%s'/>".formatted(Xml.escape(path.toString())));
            case Source.BlockDevice(var path) ->
                xml.append("<source dev='%s'/>".formatted(Xml.escape(path.toString())));
            case Source.Network network -> network(xml, network);
        }
        xml.append("<target dev='%s' bus='%s'/>".formatted(Xml.escape(target), bus.wire));
        if (readOnly) xml.append("<readonly/>");
        if (shareable) xml.append("<shareable/>");
        serial.ifPresent(s -> xml.append("<serial>").append(Xml.escape(s)).append("</serial>"));
        bootOrder.ifPresent(o -> xml.append("<boot order='%d'/>".formatted(o)));
        alias.ifPresent(a -> xml.append("<alias name='%s'/>".formatted(a)));
        return xml.append("</disk>").toString();
    }

    private static void network(StringBuilder xml, Source.Network network) {
        xml.append("<source protocol='%s' name='%s'>"
                .formatted(Xml.escape(network.protocol()), Xml.escape(network.name())));
        for (var host : network.hosts()) {
            String port = host.port() > 0 ? " port='" + host.port() + "'" : "";
            xml.append("<host name='%s'%s/>".formatted(Xml.escape(host.name()), port));
        }
        network.login()
                .ifPresent(l -> xml.append("<auth username='%s'><secret type='%s' uuid='%s'/></auth>"
                        .formatted(Xml.escape(l.user()), Xml.escape(l.usage()), l.secret())));
        xml.append("</source>");
    }
}
