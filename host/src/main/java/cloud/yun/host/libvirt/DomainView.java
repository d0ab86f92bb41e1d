package cloud.yun.host.libvirt;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// What drivers read out of a domain's XML: the devices it has now, and the ports libvirt chose.
///
/// @param vncPort of a running domain
/// @param webSocketPort where VNC over WebSocket listens
/// @param serialPty the pseudo-terminal of the first serial port, `/dev/pts/3`
public record DomainView(
        String name,
        UUID uuid,
        List<DiskView> disks,
        List<InterfaceView> interfaces,
        Optional<Integer> vncPort,
        Optional<Integer> webSocketPort,
        Optional<String> serialPty) {
    /// @param target `vda`
    /// @param source file, device, or name on the network
    /// @param alias of a running domain, or ours (`ua-...`)
    public record DiskView(String target, Optional<String> source, Optional<String> serial, Optional<String> alias) {}

    /// @param device the tap on the host
    public record InterfaceView(String mac, Optional<String> device, Optional<String> alias) {}

    public static DomainView parse(String xml) {
        var domain = root(xml);
        var disks = new ArrayList<DiskView>();
        var interfaces = new ArrayList<InterfaceView>();
        Optional<Integer> vnc = Optional.empty();
        Optional<Integer> webSocket = Optional.empty();
        Optional<String> pty = Optional.empty();
        for (var devices : children(domain, "devices")) {
            for (var disk : children(devices, "disk")) disks.add(disk(disk));
            for (var nic : children(devices, "interface")) interfaces.add(nic(nic));
            for (var graphics : children(devices, "graphics")) {
                if (!graphics.getAttribute("type").equals("vnc")) continue;
                vnc = port(graphics, "port");
                webSocket = port(graphics, "websocket");
            }
            for (var serial : children(devices, "serial")) {
                if (pty.isEmpty()) pty = child(serial, "source").flatMap(s -> attribute(s, "path"));
            }
        }
        return new DomainView(
                child(domain, "name").map(Element::getTextContent).orElse(""),
                UUID.fromString(
                        child(domain, "uuid").map(Element::getTextContent).orElse("")),
                disks,
                interfaces,
                vnc,
                webSocket,
                pty);
    }

    public Optional<DiskView> diskWithAlias(String alias) {
        return disks.stream().filter(d -> d.alias().equals(Optional.of(alias))).findFirst();
    }

    public Optional<DiskView> disk(String target) {
        return disks.stream().filter(d -> d.target().equals(target)).findFirst();
    }

    public Optional<InterfaceView> nic(String mac) {
        return interfaces.stream().filter(i -> i.mac().equalsIgnoreCase(mac)).findFirst();
    }

    private static DiskView disk(Element disk) {
        var source = child(disk, "source");
        return new DiskView(
                child(disk, "target").flatMap(t -> attribute(t, "dev")).orElse(""),
                source.flatMap(s -> attribute(s, "file"))
                        .or(() -> source.flatMap(s -> attribute(s, "dev")))
                        .or(() -> source.flatMap(s -> attribute(s, "name"))),
                child(disk, "serial").map(Element::getTextContent),
                child(disk, "alias").flatMap(a -> attribute(a, "name")));
    }

    private static InterfaceView nic(Element nic) {
        return new InterfaceView(
                child(nic, "mac").flatMap(m -> attribute(m, "address")).orElse(""),
                child(nic, "target").flatMap(t -> attribute(t, "dev")),
                child(nic, "alias").flatMap(a -> attribute(a, "name")));
    }

    private static Optional<Integer> port(Element graphics, String name) {
        return attribute(graphics, name).map(Integer::valueOf).filter(p -> p > 0);
    }

    private static Element root(String xml) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalArgumentException("not the XML of a domain", e);
        }
    }

    private static List<Element> children(Element parent, String name) {
        var found = new ArrayList<Element>();
        var nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element && element.getTagName().equals(name)) found.add(element);
        }
        return found;
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    private static Optional<String> attribute(Element element, String name) {
        return Optional.of(element.getAttribute(name)).filter(v -> !v.isEmpty());
    }
}
