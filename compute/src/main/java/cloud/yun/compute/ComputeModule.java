package cloud.yun.compute;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.flavor.FlavorRoutes;
import cloud.yun.compute.flavor.FlavorService;
import cloud.yun.compute.keypair.KeypairRoutes;
import cloud.yun.compute.keypair.KeypairService;
import cloud.yun.compute.quota.ComputeQuotas;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.network.ServerPorts;
import cloud.yun.placement.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Wires the compute room. The constructor is what the room needs from the house; the methods are what it offers.
public final class ComputeModule implements Room {
    private static final Microversions RANGE = new Microversions(
            "compute",
            Microversion.of("2.1"),
            Microversion.of("2.103"),
            Optional.of("X-OpenStack-Nova-API-Version"),
            List.of("/v2.1"));

    private final Policy policy;
    private final List<Part> parts;
    private final List<Route> routes;

    public ComputeModule(
            Kernel kernel,
            Images images,
            Placement placement,
            ServerPorts ports,
            ServerVolumes volumes,
            HypervisorDriver driver) {
        policy = ComputePolicy.of(kernel.data().resolve("compute"), rules());
        var quotas = ComputeQuotas.of(kernel.config());
        var flavors = new FlavorService(kernel.db(), kernel.clock());
        var keypairs = new KeypairService(kernel.db(), kernel.clock(), policy, quotas);
        parts = List.of(new FlavorRoutes(flavors, policy, kernel.ids()), new KeypairRoutes(keypairs));
        var all = new ArrayList<Route>();
        parts.forEach(p -> all.addAll(p.routes()));
        routes = LegacyApi.with(all);
    }

    /// All options of the room, for the one configuration of the process.
    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(ComputeQuotas.options());
        return List.copyOf(all);
    }

    /// Rule name to rule text, by resource.
    private static List<Map<String, String>> rules() {
        return List.of(FlavorRoutes.RULES, KeypairRoutes.RULES);
    }

    @Override
    public ApiService service() {
        return new ApiService("compute", "/compute", List.of(8774), FaultDialect.COMPUTE, Optional.of(RANGE))
                .withProjectPrefixes("/v2.1", "/v2");
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Reconciler> reconcilers() {
        return parts.stream().flatMap(p -> p.reconcilers().stream()).toList();
    }

    @Override
    public List<Invariant> invariants() {
        return parts.stream().flatMap(p -> p.invariants().stream()).toList();
    }

    @Override
    public void start() {
        parts.forEach(Part::start);
    }

    @Override
    public void stop() {
        parts.reversed().forEach(Part::stop);
    }
}
