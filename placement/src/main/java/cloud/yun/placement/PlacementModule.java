package cloud.yun.placement;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.placement.allocation.AllocationRoutes;
import cloud.yun.placement.allocation.AllocationService;
import cloud.yun.placement.allocation.AllocationStore;
import cloud.yun.placement.candidate.CandidateRoutes;
import cloud.yun.placement.inventory.InventoryRoutes;
import cloud.yun.placement.inventory.InventoryService;
import cloud.yun.placement.provider.ProviderRoutes;
import cloud.yun.placement.provider.ProviderService;
import cloud.yun.placement.resourceclass.ResourceClassRoutes;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import cloud.yun.placement.trait.TraitRoutes;
import cloud.yun.placement.trait.TraitStore;
import cloud.yun.placement.web.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Wires the room. The constructor is what it needs, the methods are what it offers.
public final class PlacementModule implements Room {
    private static final Microversion MIN = Microversion.of("1.0");
    private static final Microversion MAX = Microversion.of("1.39");

    private final Kernel kernel;
    private final Policy policy;
    private final AllocationService allocations;
    private final LocalPlacement placement;
    private final List<Route> routes;

    public PlacementModule(Kernel kernel) {
        this.kernel = kernel;
        policy = new Policy(PlacementPolicies.defaults(), PolicyFile.of(kernel, "placement", "placement"));
        allocations = new AllocationService(kernel.db(), kernel.clock());
        placement = new LocalPlacement(allocations, kernel.clock());
        var answers = new Answers(kernel.clock());
        var providers = new ProviderService(
                kernel.db(), kernel.clock(), kernel.ids(), p -> new AllocationStore(p.tx()).onProvider(p.uuid()));
        var all = new ArrayList<Route>();
        all.add(Route.get("/", PlacementModule::versions).open());
        all.addAll(new ProviderRoutes(providers, answers).routes());
        all.addAll(new InventoryRoutes(new InventoryService(kernel.db(), kernel.clock()), answers).routes());
        all.addAll(new TraitRoutes(kernel.db(), kernel.clock(), answers).routes());
        all.addAll(new ResourceClassRoutes(kernel.db(), kernel.clock(), answers).routes());
        all.addAll(new AllocationRoutes(allocations, policy, answers).routes());
        all.addAll(new CandidateRoutes(kernel.db(), answers).routes());
        routes = List.copyOf(all);
    }

    /// @return the options of this room; it has none yet
    public static List<Option<?>> options() {
        return List.of();
    }

    /// @return the front door for the other rooms
    public Placement placement() {
        return placement;
    }

    @Override
    public ApiService service() {
        return new ApiService(
                        "placement",
                        "/placement",
                        List.of(8778),
                        FaultDialect.PLACEMENT,
                        Optional.of(new Microversions("placement", MIN, MAX, Optional.empty(), List.of())))
                .withStrictSlash();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    private static Reply versions(Request request) {
        var out = Json.object();
        var version = out.putArray("versions").addObject();
        version.put("id", "v1.0")
                .put("max_version", MAX.toString())
                .put("min_version", MIN.toString())
                .put("status", "CURRENT");
        version.putArray("links").addObject().put("rel", "self").put("href", Answers.prefix(request));
        return Reply.ok(out);
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(new AllocationsAddUp(kernel.db()));
    }

    /// Brings the standard names into the database, as `placement-manage` does.
    @Override
    public void start() {
        kernel.db().write(tx -> {
            var now = kernel.clock().instant();
            var traits = new TraitStore(tx);
            for (var name : traits.unknown(StandardNames.traits())) traits.insert(name, now);
            var classes = new ResourceClassStore(tx);
            for (var name : classes.unknown(StandardNames.resourceClasses())) classes.insert(name, now);
        });
    }

    private record AllocationsAddUp(cloud.yun.kernel.db.Database db) implements Invariant {
        @Override
        public String name() {
            return "placement: inventories' use is the sum of their allocations";
        }

        @Override
        public List<String> violations() {
            return db.read(tx -> {
                var store = new AllocationStore(tx);
                var found = new ArrayList<>(store.drift());
                found.addAll(store.consumersWithoutAllocations());
                return found;
            });
        }
    }
}
