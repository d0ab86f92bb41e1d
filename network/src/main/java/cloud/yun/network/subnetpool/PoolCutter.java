package cloud.yun.network.subnetpool;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.subnet.SubnetStore;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cuts prefixes of subnets out of a pool. Within an address scope no two subnets overlap.
public final class PoolCutter {
    private final Tx tx;

    public PoolCutter(Tx tx) {
        this.tx = tx;
    }

    /// @param length of the prefix; the pool's default, if empty
    /// @throws Invalid the pool does not give prefixes of this length
    /// @throws Conflict nothing of this size is left, or the project has its share
    public Cidr any(SubnetPool pool, String projectId, Optional<Integer> length) {
        int wanted = length.orElse(pool.defaultLength());
        check(pool, wanted);
        share(pool, projectId, wanted);
        var taken = taken(pool);
        for (var prefix : pool.prefixes()) {
            if (prefix.length() > wanted) continue;
            var found = firstFree(prefix, wanted, taken);
            if (found.isPresent()) return found.get();
        }
        throw failure("Insufficient prefix space to allocate subnet size /" + wanted);
    }

    /// A prefix that somebody chose.
    public Cidr chosen(SubnetPool pool, String projectId, Cidr cidr) {
        check(pool, cidr.length());
        share(pool, projectId, cidr.length());
        if (pool.prefixes().stream().noneMatch(p -> p.contains(cidr))
                || taken(pool).stream().anyMatch(t -> t.overlaps(cidr)))
            throw failure("Cannot allocate requested subnet from the available set of prefixes");
        return cidr;
    }

    private static void check(SubnetPool pool, int length) {
        if (length < pool.minLength())
            throw new Invalid(
                    "Unable to allocate subnet with prefix length " + length + ", minimum allowed prefix is "
                            + pool.minLength() + ".",
                    "MinPrefixSubnetAllocationError");
        if (length > pool.maxLength())
            throw new Invalid(
                    "Unable to allocate subnet with prefix length " + length + ", maximum allowed prefix is "
                            + pool.maxLength() + ".",
                    "MaxPrefixSubnetAllocationError");
    }

    /// The share of a project is counted in addresses for IPv4 and in /64s for IPv6.
    private void share(SubnetPool pool, String projectId, int length) {
        if (pool.quota().isEmpty()) return;
        var used = BigInteger.ZERO;
        for (var subnet : new SubnetStore(tx).ofPool(pool.id()))
            if (subnet.projectId().equals(projectId))
                used = used.add(units(pool, subnet.cidr().length()));
        if (used.add(units(pool, length))
                        .compareTo(BigInteger.valueOf(pool.quota().get()))
                > 0) throw new Conflict("Per-tenant subnet pool prefix quota exceeded.", "SubnetPoolQuotaExceeded");
    }

    private static BigInteger units(SubnetPool pool, int length) {
        int bits = pool.version() == 4 ? 32 : 64;
        return BigInteger.ONE.shiftLeft(Math.max(0, bits - length));
    }

    private List<Cidr> taken(SubnetPool pool) {
        var pools = pool.addressScopeId().isPresent()
                ? new SubnetPoolStore(tx).ofScope(pool.addressScopeId().get())
                : List.of(pool);
        var taken = new ArrayList<Cidr>();
        for (var one : pools) for (var subnet : new SubnetStore(tx).ofPool(one.id())) taken.add(subnet.cidr());
        return taken;
    }

    /// Steps over what is taken, so the cost is the number of subnets, not the number of prefixes.
    private static Optional<Cidr> firstFree(Cidr prefix, int length, List<Cidr> taken) {
        var candidate = new Cidr(prefix.first(), length);
        while (prefix.contains(candidate)) {
            var at = candidate;
            var hit = taken.stream().filter(t -> t.overlaps(at)).findFirst();
            if (hit.isEmpty()) return Optional.of(candidate);
            var end = hit.get().last().compareTo(at.last()) > 0 ? hit.get().last() : at.last();
            candidate = new Cidr(end.plus(1), length);
            if (!candidate.first().equals(candidate.ip()))
                candidate = new Cidr(candidate.last().plus(1), length);
        }
        return Optional.empty();
    }

    private static Conflict failure(String reason) {
        return new Conflict("Failed to allocate subnet: " + reason + ".", "SubnetAllocationError");
    }
}
