package cloud.yun.compute.scheduler;

import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.placement.Placement;
import cloud.yun.placement.Placement.Provider;
import cloud.yun.placement.Placement.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Filters, then weighs. Works inside the caller's transaction, where the claim follows: nobody takes the room
/// between the choice and the claim.
public final class Scheduler {
    private static final int CANDIDATES_MAX = 1000;

    /// @param reasons of every host that was not chosen because of a filter: host to filter and reason
    public record Choice(ComputeHost host, Map<String, String> reasons) {}

    private record Host(ComputeHost facts, Provider provider) {}

    private final Placement placement;
    private final ComputeHosts hosts;

    public Scheduler(Placement placement, ComputeHosts hosts) {
        this.placement = placement;
        this.hosts = hosts;
    }

    /// @throws Unavailable in Nova's words; its detail names for each host the filter that refused it
    public Choice choose(Tx tx, Wish wish) {
        var known = hosts.all(tx);
        var required = traits(wish, "required");
        var forbidden = traits(wish, "forbidden");
        var fitting = placement.candidates(tx, wish.resources(), required, forbidden, CANDIDATES_MAX).stream()
                .collect(Collectors.toMap(Provider::uuid, p -> p, (a, _) -> a));
        var neighbours = neighbours(tx, wish);
        var reasons = new LinkedHashMap<String, String>();
        var passed = new ArrayList<Host>();
        var unfit = new HashSet<String>();
        for (var host : known) {
            var provider = fitting.get(host.providerUuid());
            var reason = refusal(host, wish, neighbours);
            if (reason.isPresent()) reasons.put(host.host(), reason.get());
            else if (provider == null) unfit.add(host.host());
            else passed.add(new Host(host, provider));
        }
        if (passed.isEmpty()) {
            explainUnfit(tx, known, unfit, wish, required, forbidden, reasons);
            throw new Unavailable(
                    "No valid host was found. There are not enough hosts available.", words(reasons), null);
        }
        return new Choice(best(passed, wish, neighbours).facts(), reasons);
    }

    static String words(Map<String, String> reasons) {
        if (reasons.isEmpty()) return "no compute host has reported";
        return reasons.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("; "));
    }

    /// The filters that look at the host alone, in the order of Nova's `enabled_filters`.
    private static Optional<String> refusal(ComputeHost host, Wish wish, Map<String, String> neighbours) {
        if (wish.forcedHost().isPresent())
            return wish.forcedHost().get().equals(host.host())
                    ? Optional.empty()
                    : Optional.of("another host was asked for");
        if (host.disabled())
            return Optional.of(
                    "ComputeFilter: disabled, " + host.disabledReason().orElse("without a reason"));
        if (!host.up() || host.forcedDown()) return Optional.of("ComputeFilter: down");
        if (wish.excluded().contains(host.host()))
            return Optional.of("RetryFilter: tried already, or the host to leave");
        if (wish.zone().isPresent() && !wish.zone().get().equals(host.zone()))
            return Optional.of("AvailabilityZoneFilter: it is in " + host.zone());
        if (wish.requestedHost().isPresent() && !wish.requestedHost().get().equals(host.host()))
            return Optional.of("another host was requested");
        if (wish.requestedNode().isPresent() && !wish.requestedNode().get().equals(host.hypervisorHostname()))
            return Optional.of("another node was requested");
        return aggregates(host, wish).or(() -> hints(host, wish, neighbours)).or(() -> group(host, wish, neighbours));
    }

    private static Optional<String> aggregates(ComputeHost host, Wish wish) {
        for (var spec : wish.extraSpecs().entrySet()) {
            if (!spec.getKey().startsWith("aggregate_instance_extra_specs:")) continue;
            var key = spec.getKey().substring("aggregate_instance_extra_specs:".length());
            if (!host.metadata().getOrDefault(key, List.of()).contains(spec.getValue()))
                return Optional.of(
                        "AggregateInstanceExtraSpecsFilter: no aggregate has " + key + "=" + spec.getValue());
        }
        return Optional.empty();
    }

    private static Optional<String> hints(ComputeHost host, Wish wish, Map<String, String> neighbours) {
        for (var other : wish.differentHost())
            if (host.host().equals(neighbours.get(other))) return Optional.of("DifferentHostFilter: has " + other);
        if (!wish.sameHost().isEmpty()
                && wish.sameHost().stream().noneMatch(o -> host.host().equals(neighbours.get(o))))
            return Optional.of("SameHostFilter: has none of " + wish.sameHost());
        return Optional.empty();
    }

    private static Optional<String> group(ComputeHost host, Wish wish, Map<String, String> neighbours) {
        if (wish.group().isEmpty()) return Optional.empty();
        var group = wish.group().get();
        long here = members(wish, neighbours, host.host());
        boolean anywhere =
                group.members().stream().anyMatch(m -> !m.equals(wish.serverId()) && neighbours.get(m) != null);
        if (group.policy().equals("affinity") && anywhere && here == 0)
            return Optional.of("ServerGroupAffinityFilter: the group is on another host");
        if (group.policy().equals("anti-affinity")
                && here >= group.maxServerPerHost().orElse(1))
            return Optional.of("ServerGroupAntiAffinityFilter: has " + here + " of the group");
        return Optional.empty();
    }

    private static long members(Wish wish, Map<String, String> neighbours, String host) {
        return wish.group().orElseThrow().members().stream()
                .filter(m -> !m.equals(wish.serverId()))
                .filter(m -> Objects.equals(neighbours.get(m), host))
                .count();
    }

    private static Map<String, String> neighbours(Tx tx, Wish wish) {
        var wanted = new HashSet<String>(wish.sameHost());
        wanted.addAll(wish.differentHost());
        wish.group().ifPresent(g -> wanted.addAll(g.members()));
        return new ServerStore(tx).hostsOf(wanted);
    }

    /// Soft group policies first, then free memory, then free CPUs; the name decides between equals.
    private static Host best(List<Host> passed, Wish wish, Map<String, String> neighbours) {
        var policy = wish.group().map(g -> g.policy()).orElse("");
        Comparator<Host> order = Comparator.comparingLong(h -> switch (policy) {
            case "soft-affinity" -> members(wish, neighbours, h.facts().host());
            case "soft-anti-affinity" -> -members(wish, neighbours, h.facts().host());
            default -> 0;
        });
        return passed.stream()
                .max(order.thenComparingLong(h -> free(h, "MEMORY_MB"))
                        .thenComparingLong(h -> free(h, "VCPU"))
                        .thenComparing(h -> h.facts().host(), Comparator.reverseOrder()))
                .orElseThrow();
    }

    private static long free(Host host, String resource) {
        var found = host.provider().resources().get(resource);
        return found == null ? 0 : found.free();
    }

    private static Set<String> traits(Wish wish, String value) {
        return wish.extraSpecs().entrySet().stream()
                .filter(e -> e.getKey().startsWith("trait:") && e.getValue().equals(value))
                .map(e -> e.getKey().substring("trait:".length()))
                .collect(Collectors.toSet());
    }

    private void explainUnfit(
            Tx tx,
            List<ComputeHost> known,
            Set<String> unfit,
            Wish wish,
            Set<String> required,
            Set<String> forbidden,
            Map<String, String> reasons) {
        var providers = placement.providers(tx).stream().collect(Collectors.toMap(Provider::uuid, p -> p, (a, _) -> a));
        for (var host : known)
            if (unfit.contains(host.host()))
                reasons.put(
                        host.host(),
                        "Placement: " + why(providers.get(host.providerUuid()), wish, required, forbidden));
    }

    private static String why(
            @org.jspecify.annotations.Nullable Provider provider,
            Wish wish,
            Set<String> required,
            Set<String> forbidden) {
        if (provider == null) return "no resource provider";
        var missing = new ArrayList<String>();
        wish.resources().forEach((name, amount) -> {
            Resource has = provider.resources().get(name);
            if (has == null) missing.add("no " + name);
            else if (has.free() < amount) missing.add(name + " " + amount + " asked, " + has.free() + " free");
            else if (amount > has.inventory().maxUnit())
                missing.add(name + " " + amount + " asked, at most "
                        + has.inventory().maxUnit() + " for one");
        });
        required.stream().filter(t -> !provider.traits().contains(t)).forEach(t -> missing.add("not " + t));
        forbidden.stream().filter(t -> provider.traits().contains(t)).forEach(t -> missing.add("has " + t));
        return missing.isEmpty() ? "refused" : String.join(", ", missing);
    }
}
