package cloud.yun.blockstorage.scheduler;

import cloud.yun.blockstorage.service.ServiceStore;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.config.Config.Wrong;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Chooses the pool of a new volume: pools that are up, through the filters, the best by weight.
///
/// What is free is what the back end reported less what our own rows took since: both are read in the transaction
/// that places the volume, so two volumes cannot take the same room.
public final class FilterScheduler {
    /// @param filters names as in `scheduler_default_filters`
    /// @param weighers names as in `scheduler_default_weighers`
    /// @param capacityMultiplier positive spreads over the freest pools, negative fills the fullest
    /// @param downTime a service that did not report for so long is not asked
    public record Settings(List<String> filters, List<String> weighers, double capacityMultiplier, Duration downTime) {}

    /// Why which pool.
    ///
    /// @param verdicts pool name to `weight 1.0`, or to the filter that refused it and why
    public record Decision(Optional<String> pool, Map<String, String> verdicts) {
        /// @return for the operator
        public String reasons() {
            var lines = new ArrayList<String>();
            verdicts.forEach((pool, verdict) -> lines.add(pool + ": " + verdict));
            return lines.isEmpty() ? "there is no pool" : String.join("; ", lines);
        }

        public ObjectNode json() {
            var tree = Json.object().put("pool", pool.orElse(null));
            var all = tree.putObject("pools");
            verdicts.forEach(all::put);
            return tree;
        }
    }

    /// What is asked for.
    ///
    /// @param pool the only one that can do it, where the source's data is
    /// @param excluded pools that already failed
    public record Request(
            String volumeId,
            int sizeGib,
            String zone,
            Map<String, String> extraSpecs,
            Optional<String> pool,
            Set<String> excluded) {}

    private final List<PoolFilter> filters;
    private final boolean weighCapacity;
    private final Settings settings;
    private final Clock clock;

    /// @throws Wrong a filter or weigher that is not known
    public FilterScheduler(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.filters = settings.filters().stream().map(FilterScheduler::filter).toList();
        for (var weigher : settings.weighers())
            if (!weigher.equals("CapacityWeigher"))
                throw new Wrong(
                        "scheduler_default_weighers: unknown weigher " + weigher + "; there is CapacityWeigher");
        this.weighCapacity = settings.weighers().contains("CapacityWeigher");
    }

    private static PoolFilter filter(String name) {
        return Arrays.stream(PoolFilter.values())
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Wrong("scheduler_default_filters: unknown filter " + name + "; there are "
                        + Arrays.toString(PoolFilter.values())));
    }

    /// @return every pool that reported, whether it is up or not
    public List<Pool> pools(Tx tx) {
        var allocated = new VolumeStore(tx).allocatedGibByHost();
        var now = clock.instant();
        return new ServiceStore(tx)
                .volumeServices().stream()
                        .map(s -> Pool.of(s, s.up(now, settings.downTime()), allocated.getOrDefault(s.pool(), 0L)))
                        .toList();
    }

    /// Whether back ends that report so can meet a type, if the scheduler asks for that at all.
    public boolean meets(ObjectNode capabilities, Map<String, String> extraSpecs) {
        return !filters.contains(PoolFilter.CapabilitiesFilter)
                || PoolFilter.unmet(capabilities, extraSpecs).isEmpty();
    }

    /// Decides; changes nothing.
    public Decision decide(Tx tx, Request wanted) {
        var verdicts = new java.util.LinkedHashMap<String, String>();
        var fit = new ArrayList<Pool>();
        for (var pool : pools(tx)) {
            var no = refusal(pool, wanted);
            if (no.isPresent()) verdicts.put(pool.name(), no.get());
            else {
                fit.add(pool);
                verdicts.put(pool.name(), "weight " + weight(pool));
            }
        }
        // Names break ties, so that the same state gives the same choice.
        var best = fit.stream()
                .max(Comparator.comparingDouble(this::weight)
                        .thenComparing(Comparator.comparing(Pool::name).reversed()));
        return new Decision(best.map(Pool::name), verdicts);
    }

    /// @throws Unavailable no pool will do; the reason of each is in its detail
    public Decision require(Tx tx, Request request) {
        var decision = decide(tx, request);
        if (decision.pool().isEmpty())
            throw new Unavailable(
                    "No valid backend was found. No weighed backends available", decision.reasons(), null);
        return decision;
    }

    private Optional<String> refusal(Pool pool, Request wanted) {
        if (!pool.up())
            return Optional.of("down: no report for " + settings.downTime().toSeconds() + " s");
        if (pool.disabled()) return Optional.of("disabled");
        if (wanted.excluded().contains(pool.name())) return Optional.of("it failed before");
        if (wanted.pool().isPresent() && !wanted.pool().get().equals(pool.name()))
            return Optional.of("the source is in " + wanted.pool().get());
        for (var filter : filters) {
            var no = filter.refuses(pool, wanted);
            if (no.isPresent()) return no.map(why -> filter.name() + ": " + why);
        }
        return Optional.empty();
    }

    private double weight(Pool pool) {
        return weighCapacity
                ? settings.capacityMultiplier() * (pool.freeGib() * pool.overSubscription() - pool.allocatedGib())
                : 0;
    }
}
