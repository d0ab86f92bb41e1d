package cloud.yun.network.subnet;

import static cloud.yun.network.api.Values.operation;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.address.Ip;
import cloud.yun.network.address.IpRange;
import cloud.yun.network.subnet.Subnet.HostRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What makes a good subnet; words and order are Neutron's.
final class SubnetCheck {
    private SubnetCheck() {}

    /// @throws Invalid something does not fit together
    /// @throws Conflict pools overlap, or the gateway is in one
    static void all(Subnet s, Config config) {
        var cidr = s.cidr();
        if (cidr.length() == 0) throw operation("0 is not allowed as CIDR prefix length");
        if (s.dhcp() && cidr.length() == cidr.ip().bits())
            throw operation("Subnet has a prefix length that is incompatible with DHCP service enabled.");
        if (s.dhcp() && multicast(cidr))
            throw operation("Multicast IP subnet is not supported if enable_dhcp is True.");
        if (loopback(cidr)) throw operation("Loopback IP subnet is not supported if enable_dhcp is True.");
        modes(s);
        gateway(s);
        pools(s);
        if (s.dnsServers().size() > config.get(NetworkOptions.MAX_DNS_NAMESERVERS))
            throw new Invalid(
                    "Unable to complete operation for " + s.id() + ". The number of DNS nameservers exceeds the limit "
                            + config.get(NetworkOptions.MAX_DNS_NAMESERVERS) + ".",
                    "DNSNameServersExhausted");
        if (s.routes().size() > config.get(NetworkOptions.MAX_SUBNET_HOST_ROUTES))
            throw new Invalid(
                    "Unable to complete operation for " + s.id() + ". The number of host routes exceeds the limit "
                            + config.get(NetworkOptions.MAX_SUBNET_HOST_ROUTES) + ".",
                    "HostRoutesExhausted");
        for (var route : s.routes()) version(s, "nexthop", route.nexthop());
    }

    private static boolean multicast(Cidr cidr) {
        return Cidr.of(cidr.version() == 4 ? "224.0.0.0/4" : "ff00::/8").contains(cidr);
    }

    private static boolean loopback(Cidr cidr) {
        return Cidr.of(cidr.version() == 4 ? "127.0.0.0/8" : "::1/128").contains(cidr);
    }

    private static void modes(Subnet s) {
        var ra = s.raMode();
        var address = s.addressMode();
        if (ra.isEmpty() && address.isEmpty()) return;
        if (s.version() == 4) throw operation("ipv6_ra_mode and ipv6_address_mode are not valid when ip_version is 4");
        if (!s.dhcp())
            throw operation("ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False");
        if (ra.isPresent() && address.isPresent() && !ra.equals(address))
            throw operation("ipv6_ra_mode set to '" + ra.get() + "' with ipv6_address_mode set to '" + address.get()
                    + "' is not valid. If both attributes are set, they must be the same value");
        if (s.automatic() && s.cidr().length() != 64)
            throw operation("Invalid CIDR " + s.cidr()
                    + " for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be"
                    + " /64");
    }

    private static void version(Subnet s, String what, String ip) {
        if (Ip.of(ip).version() != s.version())
            throw operation(what + " '" + ip + "' does not match the ip_version '" + s.version() + "'");
    }

    private static void gateway(Subnet s) {
        if (s.gateway().isEmpty()) return;
        version(s, "gateway_ip", s.gateway().get());
        var gateway = Ip.of(s.gateway().get());
        if (s.cidr().contains(gateway) && !s.cidr().host(gateway)) throw operation("Gateway is not valid on subnet.");
        for (var pool : s.pools())
            if (pool.contains(gateway))
                throw new Conflict(
                        "Gateway ip " + gateway + " conflicts with allocation pool " + text(pool) + ".",
                        "GatewayConflictWithAllocationPools");
    }

    private static void pools(Subnet s) {
        var sorted = new ArrayList<>(s.pools());
        sorted.sort(Comparator.comparing(IpRange::first));
        for (var pool : sorted) {
            if (pool.first().version() != s.version()
                    || pool.last().version() != s.version()
                    || pool.first().compareTo(pool.last()) > 0)
                throw new Invalid("The allocation pool " + text(pool) + " is not valid.", "InvalidAllocationPool");
            if (!s.cidr().host(pool.first()) || !s.cidr().host(pool.last()))
                throw new Invalid(
                        "The allocation pool " + text(pool) + " spans beyond the subnet cidr " + s.cidr() + ".",
                        "OutOfBoundsAllocationPool");
        }
        for (int i = 1; i < sorted.size(); i++)
            if (sorted.get(i).overlaps(sorted.get(i - 1)))
                throw new Conflict(
                        "Found overlapping allocation pools: " + text(sorted.get(i - 1)) + " " + text(sorted.get(i))
                                + " for subnet " + s.cidr() + ".",
                        "OverlappingAllocationPools");
    }

    private static String text(IpRange pool) {
        return pool.first() + "-" + pool.last();
    }

    static List<IpRange> ranges(JsonNode array) {
        var ranges = new ArrayList<IpRange>();
        for (var pool : array)
            ranges.add(new IpRange(
                    Ip.of(pool.path("start").asString()), Ip.of(pool.path("end").asString())));
        return ranges;
    }

    static List<HostRoute> routes(JsonNode array) {
        var routes = new ArrayList<HostRoute>();
        for (var route : array)
            routes.add(new HostRoute(
                    route.path("destination").asString(), route.path("nexthop").asString()));
        return routes;
    }

    /// The first host of IPv4; for IPv6 the subnet-router anycast address, as Neutron has it.
    static Optional<String> standardGateway(Cidr cidr) {
        if (cidr.version() == 6) return Optional.of(cidr.first().toString());
        if (cidr.length() >= 31) return Optional.of(cidr.first().toString());
        return Optional.of(cidr.first().plus(1).toString());
    }
}
