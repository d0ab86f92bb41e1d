package cloud.yun.host.libvirt;

import java.util.Optional;

/// A network interface of a guest (virtio).
///
/// @param device the tap on the host
/// @param bridge libvirt makes the tap and plugs it in here; empty: the tap is there already and libvirt only
/// opens it
/// @param mtu told to the guest; 0 leaves it out
/// @param queues for a guest with several CPUs; 1 leaves it out, and a tap made by us must be multi-queue
/// otherwise
/// @param alias starts with `ua-`
public record Interface(
        String device, Optional<String> bridge, String mac, int mtu, int queues, Optional<String> alias) {
    public Interface {
        if (alias.isPresent() && !alias.get().matches("ua-[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("an alias of ours starts with ua-: " + alias.get());
        }
    }

    /// On a tap that was made before and stays after the guest.
    public static Interface tap(String device, String mac, int mtu) {
        return new Interface(device, Optional.empty(), mac, mtu, 1, Optional.empty());
    }

    public static Interface bridge(String bridge, String device, String mac, int mtu) {
        return new Interface(device, Optional.of(bridge), mac, mtu, 1, Optional.empty());
    }

    public Interface alias(String text) {
        return new Interface(device, bridge, mac, mtu, queues, Optional.of(text));
    }

    /// @return `<interface>`, for a domain or to attach and detach by itself
    public String toXml() {
        var xml = new StringBuilder();
        xml.append("<interface type='%s'>".formatted(bridge.isPresent() ? "bridge" : "ethernet"));
        xml.append("<mac address='%s'/>".formatted(Xml.escape(mac)));
        bridge.ifPresent(b -> xml.append("<source bridge='%s'/>".formatted(Xml.escape(b))));
        xml.append("<target dev='%s'%s/>".formatted(Xml.escape(device), bridge.isPresent() ? "" : " managed='no'"));
        xml.append("<model type='virtio'/>");
        if (queues > 1) xml.append("<driver queues='%d'/>".formatted(queues));
        if (mtu > 0) xml.append("<mtu size='%d'/>".formatted(mtu));
        // Without a boot ROM a guest starts faster, and a guest that boots from the network is not ours.
        xml.append("<rom enabled='no'/>");
        alias.ifPresent(a -> xml.append("<alias name='%s'/>".formatted(a)));
        return xml.append("</interface>").toString();
    }
}
