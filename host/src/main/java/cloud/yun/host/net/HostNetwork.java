package cloud.yun.host.net;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// One network namespace of the host: the root one, or a named one.
///
/// @see <a href="https://man7.org/linux/man-pages/man8/ip.8.html">ip(8)</a>
public final class HostNetwork {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NAME_MAX = 15;

    private final Commands commands;
    private final Optional<String> namespace;

    private HostNetwork(Commands commands, Optional<String> namespace) {
        this.commands = commands;
        this.namespace = namespace;
    }

    /// The namespace our own process is in.
    public static HostNetwork root(Commands commands) {
        return new HostNetwork(commands, Optional.empty());
    }

    /// The same calls in a named namespace. It need not exist yet.
    public HostNetwork in(String name) {
        return new HostNetwork(commands, Optional.of(name));
    }

    /// @return the name of this namespace; empty for the root one
    public Optional<String> namespace() {
        return namespace;
    }

    public Nft nft() {
        return new Nft(commands, namespace);
    }

    public Neighbours neighbours() {
        return new Neighbours(this);
    }

    public Shaping shaping() {
        return new Shaping(this);
    }

    // ---------------------------------------------------------------- namespaces

    /// @return the names of all named namespaces
    public List<String> namespaces() {
        var names = new ArrayList<String>();
        for (JsonNode entry : json(Command.of("ip", "-j", "netns", "list"))) {
            names.add(entry.path("name").asString(""));
        }
        return names;
    }

    public boolean namespaceExists(String name) {
        return Files.exists(Path.of("/run/netns", name));
    }

    /// Makes a namespace, with its loopback up, and returns the calls into it.
    public HostNetwork createNamespace(String name) {
        if (!namespaceExists(name)) run(Command.of("ip", "netns", "add", name), "File exists");
        var inside = in(name);
        inside.up("lo");
        return inside;
    }

    /// Removes a namespace. Its virtual links go with it, as soon as the last process inside has ended.
    public void deleteNamespace(String name) {
        if (namespaceExists(name)) run(Command.of("ip", "netns", "delete", name), "No such file or directory");
    }

    // ---------------------------------------------------------------- links

    public List<Link> links() {
        var links = new ArrayList<Link>();
        for (JsonNode entry : json(ipCommand("-d", "-j", "link", "show"))) links.add(parseLink(entry));
        return links;
    }

    public Optional<Link> link(String name) {
        try {
            for (JsonNode entry : json(ipCommand("-d", "-j", "link", "show", "dev", name))) {
                if (entry.has("ifname")) return Optional.of(parseLink(entry));
            }
            return Optional.empty();
        } catch (CommandFailed e) {
            if (e.says("does not exist") || e.says("Cannot open network namespace")) return Optional.empty();
            throw e;
        }
    }

    /// @return the ports of a bridge
    public List<Link> ports(String bridge) {
        return links().stream()
                .filter(l -> l.master().equals(Optional.of(bridge)))
                .toList();
    }

    /// Makes a bridge without spanning tree and without forward delay, and sets it up.
    public void createBridge(String name) {
        ensure(name, "bridge", () -> ip("link", "add", "name", checked(name), "type", "bridge"));
        ip("link", "set", "dev", name, "type", "bridge", "stp_state", "0", "forward_delay", "0");
        up(name);
    }

    /// Makes a pair of virtual links, one end here and the other in the namespace given (here if empty).
    public void createVeth(String name, String peer, Optional<String> peerNamespace) {
        if (exists(name, "veth")) {
            // The far end may still have its creation name and place when a crash came in between: start over.
            var there = new HostNetwork(commands, peerNamespace.isPresent() ? peerNamespace : namespace);
            if (there.exists(peer, "veth")) return;
            deleteLink(name);
        }
        var words = new ArrayList<>(
                List.of("link", "add", "name", checked(name), "type", "veth", "peer", "name", checked(peer)));
        peerNamespace.ifPresent(n -> words.addAll(List.of("netns", n)));
        try {
            ip(words.toArray(String[]::new));
        } catch (CommandFailed e) {
            if (!e.says("File exists") || !exists(name, "veth")) throw e;
        }
    }

    /// Makes a persistent tap.
    ///
    /// @param multiQueue whether a guest may open several queues on it
    public void createTap(String name, boolean multiQueue) {
        ensure(name, "tun", () -> {
            var words = new ArrayList<>(List.of("tuntap", "add", "dev", checked(name), "mode", "tap", "vnet_hdr"));
            if (multiQueue) words.add("multi_queue");
            ip(words.toArray(String[]::new));
        });
    }

    public void createVxlan(String name, Vxlan vxlan) {
        ensure(name, "vxlan", () -> ip(vxlanWords(name, vxlan).toArray(String[]::new)));
        checkVni(name, vxlan);
    }

    private static List<String> vxlanWords(String name, Vxlan vxlan) {
        var words = new ArrayList<>(List.of("link", "add", "name", checked(name), "type", "vxlan"));
        words.addAll(List.of("id", Integer.toString(vxlan.vni()), "local", vxlan.local()));
        vxlan.device().ifPresent(d -> words.addAll(List.of("dev", d)));
        vxlan.group().ifPresent(g -> words.addAll(List.of("group", g)));
        words.addAll(List.of("dstport", Integer.toString(vxlan.port()), "ttl", Integer.toString(vxlan.ttl())));
        words.add(vxlan.learning() ? "learning" : "nolearning");
        if (vxlan.proxy()) words.add("proxy");
        return words;
    }

    private void checkVni(String name, Vxlan vxlan) {
        var vni = link(name).flatMap(Link::vni);
        if (!vni.equals(Optional.of(vxlan.vni()))) {
            throw new IllegalStateException(
                    "link " + name + " is a vxlan of vni " + vni.orElse(0) + ", wanted " + vxlan.vni());
        }
    }

    /// Makes an 802.1Q link over another one. Not every kernel can (`8021q` module).
    public void createVlan(String name, String parent, int vlan) {
        ensure(
                name,
                "vlan",
                () -> ip(
                        "link",
                        "add",
                        "link",
                        parent,
                        "name",
                        checked(name),
                        "type",
                        "vlan",
                        "id",
                        Integer.toString(vlan)));
    }

    /// Makes a bridge that bears its owner's name from the start, so that no crash leaves one that nobody owns. It
    /// is left down.
    public void createBridge(String name, String alias) {
        ensure(
                name,
                "bridge",
                () -> batch(
                        "link add name " + checked(name) + " type bridge stp_state 0 forward_delay 0",
                        aliasLine(name, alias)));
    }

    /// The same for a tap.
    public void createTap(String name, String alias) {
        ensure(
                name,
                "tun",
                () -> batch("tuntap add dev " + checked(name) + " mode tap vnet_hdr", aliasLine(name, alias)));
    }

    /// The same for a VXLAN link.
    public void createVxlan(String name, Vxlan vxlan, String alias) {
        ensure(name, "vxlan", () -> batch(String.join(" ", vxlanWords(name, vxlan)), aliasLine(name, alias)));
        checkVni(name, vxlan);
    }

    private static String aliasLine(String name, String alias) {
        if (!alias.matches("[^\\s\"'\\\\]{1,255}")) throw new IllegalArgumentException("not an alias: " + alias);
        return "link set dev " + name + " alias " + alias;
    }

    /// Several commands of `ip` in one process, which goes on to its end even when we are killed.
    private void batch(String... lines) {
        commands.run(ipCommand("-batch", "-").stdin(String.join("\n", lines) + "\n"));
    }

    /// Removes a link; of a veth pair both ends go.
    public void deleteLink(String name) {
        run(ipCommand("link", "delete", "dev", name), "Cannot find device", "Cannot open network namespace");
    }

    public void up(String name) {
        ip("link", "set", "dev", name, "up");
    }

    public void down(String name) {
        ip("link", "set", "dev", name, "down");
    }

    /// Makes a link a port of a bridge.
    public void attach(String name, String bridge) {
        if (link(name).flatMap(Link::master).equals(Optional.of(bridge))) return;
        ip("link", "set", "dev", name, "master", bridge);
    }

    /// Makes a link a port of a bridge, with this MTU, in one step.
    public void attach(String name, String bridge, int mtu) {
        ip("link", "set", "dev", name, "mtu", Integer.toString(mtu), "master", bridge);
    }

    public void detach(String name) {
        run(ipCommand("link", "set", "dev", name, "nomaster"), "Cannot find device");
    }

    public void setMtu(String name, int mtu) {
        ip("link", "set", "dev", name, "mtu", Integer.toString(mtu));
    }

    public void setMac(String name, String mac) {
        ip("link", "set", "dev", name, "address", mac);
    }

    /// A free text kept by the kernel with the link: who it belongs to. At most 255 characters.
    public void setAlias(String name, String alias) {
        ip("link", "set", "dev", name, "alias", alias);
    }

    /// Moves a link from here into a named namespace.
    public void move(String name, String toNamespace) {
        if (link(name).isEmpty() && in(toNamespace).link(name).isPresent()) return;
        ip("link", "set", "dev", name, "netns", toNamespace);
    }

    // ---------------------------------------------------------------- addresses and routes

    /// @return addresses as CIDR, link-local ones too; none when there is no such link
    public List<String> addresses(String device) {
        var found = new ArrayList<String>();
        try {
            for (JsonNode link : json(ipCommand("-j", "addr", "show", "dev", device))) {
                for (JsonNode info : link.path("addr_info")) {
                    found.add(info.path("local").asString("") + "/"
                            + info.path("prefixlen").asInt());
                }
            }
        } catch (CommandFailed e) {
            if (!e.says("does not exist")) throw e;
        }
        return found;
    }

    /// Gives a link an address; IPv6 ones without duplicate address detection, so that they answer at once.
    ///
    /// @param cidr with the length of the prefix, `10.0.0.1/24`
    public void addAddress(String device, String cidr) {
        var words = new ArrayList<>(List.of("addr", "replace", cidr, "dev", device));
        if (cidr.contains(":")) words.add("nodad");
        ip(words.toArray(String[]::new));
    }

    public void removeAddress(String device, String cidr) {
        run(
                ipCommand("addr", "del", cidr, "dev", device),
                "Cannot assign requested address",
                "address not found", // newer and older kernels differ in the first letter
                "Address not found",
                "Cannot find device");
    }

    public void replaceRoute(Route route) {
        ip(words("replace", route));
    }

    public void deleteRoute(Route route) {
        run(ipCommand(words("del", route)), "No such process", "Cannot find device");
    }

    private static String[] words(String verb, Route route) {
        var words = new ArrayList<String>();
        if (route.destination().contains(":") || route.via().orElse("").contains(":")) words.add("-6");
        words.addAll(List.of("route", verb, route.destination()));
        route.via().ifPresent(v -> words.addAll(List.of("via", v)));
        route.device().ifPresent(d -> words.addAll(List.of("dev", d)));
        route.metric().ifPresent(m -> words.addAll(List.of("metric", m.toString())));
        route.source().ifPresent(s -> words.addAll(List.of("src", s)));
        route.table().ifPresent(t -> words.addAll(List.of("table", t.toString())));
        return words.toArray(String[]::new);
    }

    /// @return routes of the main table, IPv4 and IPv6
    public List<Route> routes() {
        var routes = new ArrayList<Route>();
        for (String family : List.of("-4", "-6")) {
            for (JsonNode entry : json(ipCommand(family, "-j", "route", "show"))) {
                routes.add(new Route(
                        entry.path("dst").asString(""),
                        text(entry, "gateway"),
                        text(entry, "dev"),
                        number(entry, "metric"),
                        text(entry, "prefsrc"),
                        Optional.empty()));
            }
        }
        return routes;
    }

    /// Sets a kernel parameter of this namespace, for example `net.ipv4.ip_forward`.
    public void sysctl(String key, String value) {
        commands.run(Command.of("sysctl", "-qw", key + "=" + value).in(namespace));
    }

    /// @return the value of a kernel parameter; empty when this kernel has none of that name
    public Optional<String> sysctl(String key) {
        try {
            return Optional.of(commands.output(Command.of("sysctl", "-n", key).in(namespace))
                    .strip());
        } catch (CommandFailed e) {
            if (e.says("No such file or directory")) return Optional.empty();
            throw e;
        }
    }

    /// Forgets tracked connections of an address, so that a changed rule holds for running ones too.
    public void forgetConnections(String address) {
        forgetConnections(address, OptionalInt.empty());
    }

    /// The same in one conntrack zone; others may use the same address for somebody else.
    ///
    /// @param address or a CIDR; of that only what connections were begun with counts: `conntrack` can no more
    /// @param zone empty is every zone
    public void forgetConnections(String address, OptionalInt zone) {
        var begun = List.of("--orig-src", "--orig-dst");
        var all = List.of("--orig-src", "--orig-dst", "--reply-src", "--reply-dst");
        for (String end : address.contains("/") ? begun : all) {
            var words = new ArrayList<>(List.of("-D", "-f", address.contains(":") ? "ipv6" : "ipv4", end, address));
            zone.ifPresent(z -> words.addAll(List.of("-w", Integer.toString(z))));
            // 1: there were none.
            commands.run(Command.of("conntrack", words.toArray(String[]::new))
                    .in(namespace)
                    .accept(0, 1));
        }
    }

    /// Tells the neighbours of a link where its addresses are now: gratuitous ARP and unsolicited neighbour
    /// advertisements for all of them, sent by the kernel.
    public void announce(String device) {
        var link = link(device).orElseThrow(() -> new IllegalStateException("no link " + device));
        sysctl("net.ipv4.conf." + device + ".arp_notify", "1");
        if (sysctl("net.ipv6.conf." + device + ".ndisc_notify").isPresent()) {
            sysctl("net.ipv6.conf." + device + ".ndisc_notify", "1");
        }
        // Setting a link's address, be it the same, is what makes the kernel notify.
        setMac(device, link.mac());
    }

    // ---------------------------------------------------------------- inner parts

    private boolean exists(String name, String kind) {
        var found = link(name);
        if (found.isEmpty()) return false;
        String is = found.get().kind().orElse("physical");
        if (!is.equals(kind)) throw new IllegalStateException("link " + name + " is a " + is + ", wanted " + kind);
        return true;
    }

    private void ensure(String name, String kind, Runnable create) {
        if (exists(name, kind)) return;
        try {
            create.run();
        } catch (CommandFailed e) {
            // Somebody else was faster. Anything but the same kind of link is an error.
            if (!exists(name, kind)) throw e;
        }
    }

    private static String checked(String name) {
        if (name.isEmpty() || name.length() > NAME_MAX || name.contains("/") || name.contains(" ")) {
            throw new IllegalArgumentException("not a link name of 1 to 15 characters: " + name);
        }
        return name;
    }

    Command ipCommand(String... arguments) {
        var command = Command.of("ip");
        if (namespace.isPresent()) command = command.with("-n", namespace.get());
        return command.with(arguments);
    }

    Command tc(String... arguments) {
        var command = Command.of("tc");
        if (namespace.isPresent()) command = command.with("-n", namespace.get());
        return command.with(arguments);
    }

    void ip(String... arguments) {
        commands.run(ipCommand(arguments));
    }

    Commands commands() {
        return commands;
    }

    /// Runs a command that may fail in these words, because what it wants is already so.
    void run(Command command, String... alreadySo) {
        try {
            commands.run(command);
        } catch (CommandFailed e) {
            if (Arrays.stream(alreadySo).noneMatch(e::says)) throw e;
        }
    }

    JsonNode json(Command command) {
        String out = commands.output(command);
        return JSON.readTree(out.isBlank() ? "[]" : out);
    }

    static Optional<String> text(JsonNode node, String field) {
        return node.has(field) ? Optional.of(node.path(field).asString("")) : Optional.empty();
    }

    private static Optional<Integer> number(JsonNode node, String field) {
        return node.has(field) ? Optional.of(node.path(field).asInt()) : Optional.empty();
    }

    private static Link parseLink(JsonNode node) {
        var details = node.path("linkinfo");
        boolean up = false;
        for (JsonNode flag : node.path("flags")) up |= "UP".equals(flag.asString());
        return new Link(
                node.path("ifname").asString(""),
                node.path("ifindex").asInt(),
                text(details, "info_kind"),
                node.path("address").asString(""),
                node.path("mtu").asInt(),
                up,
                text(node, "master"),
                text(node, "ifalias"),
                number(details.path("info_data"), "id")
                        .filter(_ -> "vxlan".equals(details.path("info_kind").asString(""))));
    }
}
