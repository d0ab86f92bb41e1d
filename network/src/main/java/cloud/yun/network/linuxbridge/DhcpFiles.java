package cloud.yun.network.linuxbridge;

import cloud.yun.network.driver.NetworkDriver.Dhcp;
import cloud.yun.network.driver.NetworkDriver.DhcpHost;
import cloud.yun.network.driver.NetworkDriver.DhcpOption;
import cloud.yun.network.driver.NetworkDriver.DhcpSubnet;
import cloud.yun.network.driver.NetworkDriver.Route;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What dnsmasq reads for a network: its configuration, and the three files that it reads again on SIGHUP.
///
/// IPv4 only: IPv6 addresses of guests come by router advertisement.
///
/// @see <a href="https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html">dnsmasq(8)</a>
final class DhcpFiles {
    static final String METADATA = "169.254.169.254";

    private DhcpFiles() {}

    /// What only a restart can change.
    static String configuration(Dhcp dhcp, String device, Path directory, List<String> dnsServers) {
        var lines = new ArrayList<String>(List.of(
                "no-hosts",
                "no-resolv",
                "pid-file",
                "user=root",
                "log-facility=-",
                "bind-interfaces",
                "interface=" + device,
                "except-interface=lo",
                "dhcp-authoritative",
                "leasefile-ro",
                "dhcp-hostsfile=" + directory.resolve("hosts"),
                "dhcp-optsfile=" + directory.resolve("opts"),
                "addn-hosts=" + directory.resolve("addn_hosts"),
                "dhcp-option-force=option:mtu," + dhcp.segment().mtu()));
        // It binds to the addresses that are there when it starts.
        for (var address : dhcp.addresses()) lines.add("# on " + Cidr.of(address.address()));
        for (DhcpSubnet subnet : dhcp.subnets()) {
            var cidr = Cidr.of(subnet.cidr());
            if (!cidr.v4()) continue;
            String lease = subnet.leaseSeconds() < 0 ? "infinite" : subnet.leaseSeconds() + "s";
            lines.add(
                    "dhcp-range=set:" + tag(subnet) + "," + cidr.address() + ",static," + cidr.netmask() + "," + lease);
        }
        domain(dhcp).ifPresent(d -> lines.addAll(List.of("domain=" + d, "local=/" + d + "/")));
        for (String server : dnsServers) {
            lines.add("server=" + InetAddress.ofLiteral(server).getHostAddress());
        }
        return String.join("\n", lines) + "\n";
    }

    /// Who gets which address.
    static String hosts(Dhcp dhcp) {
        var text = new StringBuilder();
        for (DhcpHost host : dhcp.hosts()) {
            if (!Cidr.of(host.address()).v4()) continue;
            text.append(Names.mac(host.mac())).append(',');
            if (!host.options().isEmpty())
                text.append("set:port-").append(Names.id(host.portId())).append(',');
            text.append(fullName(dhcp, host))
                    .append(',')
                    .append(Cidr.of(host.address()))
                    .append('\n');
        }
        return text.toString();
    }

    /// Names for the network's own name server.
    static String names(Dhcp dhcp) {
        var text = new StringBuilder();
        for (DhcpHost host : dhcp.hosts()) {
            text.append(Cidr.of(host.address())).append(' ').append(fullName(dhcp, host));
            text.append(' ').append(name(host.hostname())).append('\n');
        }
        return text.toString();
    }

    /// What comes with the address.
    static String options(Dhcp dhcp) {
        var lines = new ArrayList<String>();
        for (DhcpSubnet subnet : dhcp.subnets()) {
            var cidr = Cidr.of(subnet.cidr());
            if (!cidr.v4()) continue;
            String tag = "tag:" + tag(subnet) + ",";
            var server = dhcp.addresses().stream()
                    .filter(a -> a.subnetId().equals(subnet.id()))
                    .map(a -> Cidr.of(a.address()).address())
                    .findFirst();
            var dns = subnet.dnsServers().stream()
                    .map(Cidr::of)
                    .filter(Cidr::v4)
                    .map(Cidr::address)
                    .toList();
            if (dns.isEmpty()) dns = server.stream().toList();
            if (!dns.isEmpty()) lines.add(tag + "option:dns-server," + String.join(",", dns));
            String routes = String.join(",", routes(dhcp, subnet, server));
            if (!routes.isEmpty()) {
                lines.add(tag + "option:classless-static-route," + routes);
                // The same by the number that Microsoft's clients ask for.
                lines.add(tag + "249," + routes);
            }
            // Named without a value, it is not sent; unnamed, dnsmasq would send itself.
            lines.add(tag + "option:router"
                    + subnet.gateway().map(g -> "," + Cidr.of(g).address()).orElse(""));
        }
        for (DhcpHost host : dhcp.hosts()) {
            for (DhcpOption option : host.options()) {
                lines.add("tag:port-" + Names.id(host.portId()) + "," + option(option));
            }
        }
        return lines.isEmpty()
                ? ""
                : String.join("\n", lines.stream().distinct().toList()) + "\n";
    }

    /// A client that gets classless routes ignores the router option (RFC 3442), so they hold the default route
    /// too.
    private static List<String> routes(Dhcp dhcp, DhcpSubnet subnet, Optional<String> server) {
        var routes = new ArrayList<String>();
        for (Route route : subnet.routes()) {
            var destination = Cidr.of(route.destination());
            if (destination.v4())
                routes.add(block(destination) + "," + Cidr.of(route.nextHop()).address());
        }
        if (dhcp.metadata() && server.isPresent()) routes.add(METADATA + "/32," + server.get());
        for (DhcpSubnet other : dhcp.subnets()) {
            var cidr = Cidr.of(other.cidr());
            if (cidr.v4() && !other.id().equals(subnet.id())) routes.add(block(cidr) + ",0.0.0.0");
        }
        if (!routes.isEmpty()) {
            subnet.gateway().ifPresent(g -> routes.add("0.0.0.0/0," + Cidr.of(g).address()));
        }
        return routes;
    }

    private static String block(Cidr cidr) {
        return cidr.address() + "/" + cidr.prefix();
    }

    private static String option(DhcpOption option) {
        String name = option.name().strip();
        boolean number = name.chars().allMatch(Character::isDigit);
        if (!name.matches("[0-9A-Za-z-]+")) throw new IllegalArgumentException("not a DHCP option: " + name);
        return (number ? name : "option:" + name.toLowerCase(Locale.ROOT)) + "," + oneLine(option.value());
    }

    private static Optional<String> domain(Dhcp dhcp) {
        return Optional.of(dhcp.domain().strip().replaceAll("\\.$", ""))
                .filter(d -> !d.isEmpty())
                .map(DhcpFiles::name);
    }

    private static String fullName(Dhcp dhcp, DhcpHost host) {
        return name(host.hostname()) + domain(dhcp).map(d -> "." + d).orElse("");
    }

    /// Letters, digits, dots and hyphens: what a host name has, and no comma or line break.
    private static String name(String name) {
        return name.replaceAll("[^0-9A-Za-z.-]", "-");
    }

    private static String oneLine(String value) {
        return value.replaceAll("[\\r\\n]", " ");
    }

    private static String tag(DhcpSubnet subnet) {
        return "subnet-" + Names.id(subnet.id());
    }
}
