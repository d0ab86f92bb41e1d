package cloud.yun.network.ipam;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.network.address.Ip;
import cloud.yun.network.address.IpRange;
import cloud.yun.network.address.Macs;
import cloud.yun.network.api.Values;
import cloud.yun.network.subnet.Subnet;
import cloud.yun.network.subnet.SubnetStore;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Gives addresses to ports. An address belongs to whoever inserted its row; who lost the race tries the next one.
public final class Ipam {
    /// @param subnetId any subnet that has room, if empty
    /// @param address any free one, if empty
    public record Wanted(Optional<String> subnetId, Optional<Ip> address) {}

    /// @param owner device owner: decides which subnets serve it and whether it makes its own IPv6 addresses
    /// @param lowest the lowest free address instead of a random one
    public record Taker(String portId, String mac, String networkId, String owner, boolean lowest) {
        boolean router() {
            return owner.startsWith("network:router") || owner.equals("network:floatingip");
        }
    }

    /// An address that a port has.
    public record Address(String subnetId, String ip) {}

    private static final int RANDOM_TRIES = 10;

    private final Tx tx;

    public Ipam(Tx tx) {
        this.tx = tx;
    }

    /// One IPv4 and one stateful IPv6 address, and one of every prefix with address autoconfiguration.
    public List<Address> standard(Taker taker) {
        var subnets = serving(new SubnetStore(tx).ofNetwork(taker.networkId()), taker.owner());
        var given = new ArrayList<Address>();
        for (int version : new int[] {4, 6}) {
            var candidates = subnets.stream()
                    .filter(s -> s.version() == version && (taker.router() || !s.automatic()))
                    .toList();
            if (!candidates.isEmpty()) given.add(oneOf(candidates, taker, given.size()));
        }
        automatic(subnets, taker, given);
        return given;
    }

    /// What somebody asked for, and the addresses that the port makes itself.
    ///
    /// @param had what the port has already and keeps where it fits
    /// @throws Invalid an address or a subnet does not belong to the network
    /// @throws Conflict an address is taken, or none is left
    public List<Address> chosen(Taker taker, List<Wanted> wanted, List<Address> had) {
        var subnets = new SubnetStore(tx).ofNetwork(taker.networkId());
        var given = new ArrayList<Address>();
        var kept = new HashSet<Address>();
        for (var want : wanted) {
            var old =
                    had.stream().filter(h -> !kept.contains(h) && fits(h, want)).findFirst();
            if (old.isPresent()) {
                kept.add(old.get());
                given.add(old.get());
            }
        }
        for (var gone : had)
            if (!kept.contains(gone) && !keepsAutomatic(subnets, gone, taker, wanted)) release(gone);
            else if (!kept.contains(gone)) {
                kept.add(gone);
                given.add(gone);
            }
        var open = new ArrayList<>(wanted);
        for (var keptOne : given)
            open.stream().filter(w -> fits(keptOne, w)).findFirst().ifPresent(open::remove);
        for (var want : open) given.add(take(subnets, taker, want, given.size()));
        if (!wanted.isEmpty()) automatic(subnets, taker, given);
        return given;
    }

    /// One more address on a subnet, the lowest free one.
    ///
    /// @return empty when none is left
    public Optional<Address> add(Taker taker, Subnet subnet, int position) {
        return free(subnet, taker, position).map(ip -> new Address(subnet.id(), ip.toString()));
    }

    /// The address that the port makes itself on a subnet with address autoconfiguration.
    public Address automatic(Taker taker, Subnet subnet, int position) {
        return own(subnet, taker, position);
    }

    /// Takes away what a port has on a subnet.
    public void drop(String portId, String subnetId) {
        tx.update("DELETE FROM ip_allocation WHERE port_id = ? AND subnet_id = ?", portId, subnetId);
    }

    /// Takes away what all ports have on a subnet.
    ///
    /// @return the ports that had something there
    public List<String> drop(String subnetId) {
        var holders = tx.query(
                "SELECT DISTINCT port_id FROM ip_allocation WHERE subnet_id = ?", r -> r.string("port_id"), subnetId);
        tx.update("DELETE FROM ip_allocation WHERE subnet_id = ?", subnetId);
        return holders;
    }

    /// @return how many addresses are taken, by subnet of the network
    public Map<String, Long> taken(String networkId) {
        var taken = new HashMap<String, Long>();
        tx.query(
                "SELECT a.subnet_id, COUNT(*) AS n FROM ip_allocation a JOIN subnet s ON s.id = a.subnet_id"
                        + " WHERE s.network_id = ? GROUP BY a.subnet_id",
                r -> taken.put(r.string("subnet_id"), r.number("n")),
                networkId);
        return taken;
    }

    /// Takes away all that a port has.
    public void dropAll(String portId) {
        tx.update("DELETE FROM ip_allocation WHERE port_id = ?", portId);
    }

    private static boolean fits(Address had, Wanted want) {
        return want.subnetId().map(s -> s.equals(had.subnetId())).orElse(true)
                && want.address().map(a -> a.toString().equals(had.ip())).orElse(true);
    }

    private static boolean keepsAutomatic(List<Subnet> subnets, Address had, Taker taker, List<Wanted> wanted) {
        return !wanted.isEmpty()
                && !taker.router()
                && subnets.stream().anyMatch(s -> s.id().equals(had.subnetId()) && s.automatic());
    }

    private Address take(List<Subnet> subnets, Taker taker, Wanted want, int position) {
        var candidates = subnets;
        if (want.subnetId().isPresent()) {
            candidates = subnets.stream()
                    .filter(s -> s.id().equals(want.subnetId().get()))
                    .toList();
            if (candidates.isEmpty())
                throw Values.operation("Failed to create port on network " + taker.networkId()
                        + ", because fixed_ips included invalid subnet "
                        + want.subnetId().get() + ".");
        }
        if (want.address().isEmpty()) {
            if (candidates.getFirst().automatic() && !taker.router())
                return own(candidates.getFirst(), taker, position);
            return oneOf(candidates, taker, position);
        }
        var ip = want.address().get();
        var subnet = candidates.stream().filter(s -> s.cidr().contains(ip)).findFirst();
        if (subnet.isEmpty() && want.subnetId().isPresent())
            throw new Invalid(
                    "IP address " + ip + " is not a valid IP for the specified subnet.", "InvalidIpForSubnet");
        if (subnet.isEmpty())
            throw new Invalid(
                    "IP address " + ip + " is not a valid IP for any of the subnets on the specified network.",
                    "InvalidIpForNetwork");
        if (!subnet.get().cidr().host(ip))
            throw new Invalid(
                    "IP address " + ip + " is not a valid IP for the specified subnet.", "InvalidIpForSubnet");
        if (!take(subnet.get().id(), ip, taker.portId(), position))
            throw new Conflict(
                    "IP address " + ip + " already allocated in subnet "
                            + subnet.get().id(),
                    "IpAddressAlreadyAllocated");
        return new Address(subnet.get().id(), ip.toString());
    }

    private void automatic(List<Subnet> subnets, Taker taker, List<Address> given) {
        if (taker.router() || taker.owner().equals("network:dhcp")) return;
        for (var subnet : subnets)
            if (subnet.automatic() && given.stream().noneMatch(g -> g.subnetId().equals(subnet.id())))
                given.add(own(subnet, taker, given.size()));
    }

    private Address own(Subnet subnet, Taker taker, int position) {
        var ip = Macs.eui64(subnet.cidr(), taker.mac());
        if (!take(subnet.id(), ip, taker.portId(), position))
            throw new Conflict(
                    "IP address " + ip + " already allocated in subnet " + subnet.id(), "IpAddressAlreadyAllocated");
        return new Address(subnet.id(), ip.toString());
    }

    private Address oneOf(List<Subnet> candidates, Taker taker, int position) {
        for (var subnet : candidates) {
            var ip = free(subnet, taker, position);
            if (ip.isPresent()) return new Address(subnet.id(), ip.get().toString());
        }
        throw new Conflict(
                "No more IP addresses available on network " + taker.networkId() + ".", "IpAddressGenerationFailure");
    }

    /// A few random tries, and then the first free one: cheap as long as the pools are not nearly full.
    private Optional<Ip> free(Subnet subnet, Taker taker, int position) {
        if (!taker.lowest()) {
            for (int i = 0; i < RANDOM_TRIES && !subnet.pools().isEmpty(); i++) {
                var ip = random(subnet.pools());
                if (take(subnet.id(), ip, taker.portId(), position)) return Optional.of(ip);
            }
        }
        var used = Set.copyOf(
                tx.query("SELECT ip FROM ip_allocation WHERE subnet_id = ?", r -> r.string("ip"), subnet.id()));
        for (var pool : subnet.pools())
            for (var ip = pool.first(); pool.contains(ip); ip = ip.plus(1))
                if (!used.contains(ip.toString()) && take(subnet.id(), ip, taker.portId(), position))
                    return Optional.of(ip);
        return Optional.empty();
    }

    private static Ip random(List<IpRange> pools) {
        var random = ThreadLocalRandom.current();
        var pool = pools.get(pools.size() == 1 ? 0 : random.nextInt(pools.size()));
        var offset = pool.size().bitLength() < 62
                ? BigInteger.valueOf(random.nextLong(pool.size().longValueExact()))
                : BigInteger.valueOf(random.nextLong(Long.MAX_VALUE)).mod(pool.size());
        return pool.first().plus(offset);
    }

    private boolean take(String subnetId, Ip ip, String portId, int position) {
        return tx.update("""
                        INSERT INTO ip_allocation (subnet_id, ip, port_id, position)
                        VALUES (?, ?, ?, ?)
                        ON CONFLICT (subnet_id, ip) DO NOTHING
                        """, subnetId, ip.toString(), portId, position) == 1;
    }

    private void release(Address gone) {
        tx.update("DELETE FROM ip_allocation WHERE subnet_id = ? AND ip = ?", gone.subnetId(), gone.ip());
    }

    /// Subnets made for a service are only for its ports; the others are for everybody else.
    private static List<Subnet> serving(List<Subnet> subnets, String owner) {
        var own = subnets.stream().filter(s -> s.serviceTypes().contains(owner)).toList();
        if (!owner.isEmpty() && !own.isEmpty()) return own;
        return subnets.stream().filter(s -> s.serviceTypes().isEmpty()).toList();
    }
}
