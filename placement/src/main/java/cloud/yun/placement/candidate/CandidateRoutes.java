package cloud.yun.placement.candidate;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.placement.candidate.Candidates.Candidate;
import cloud.yun.placement.candidate.Candidates.Node;
import cloud.yun.placement.inventory.InventoryStore;
import cloud.yun.placement.provider.ProviderStore;
import cloud.yun.placement.provider.ResourceProvider;
import cloud.yun.placement.query.Parameters;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import cloud.yun.placement.trait.TraitStore;
import cloud.yun.placement.web.Answers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Allocation candidates over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/placement/#allocation-candidates">Allocation candidates</a>
public final class CandidateRoutes {
    private final Database db;
    private final Answers answers;

    public CandidateRoutes(Database db, Answers answers) {
        this.db = db;
        this.answers = answers;
    }

    public List<Route> routes() {
        return List.of(Route.get("/allocation_candidates", this::list)
                .policy("placement:allocation_candidates:list")
                .since("1.10"));
    }

    private Reply list(Request request) {
        var asked = CandidateRequest.parse(request);
        var version = request.microversion();
        var nodes = db.read(tx -> {
            defined(tx, asked);
            return nodes(tx);
        });
        var candidates = Candidates.of(asked, nodes).stream()
                .filter(c -> version.atLeast(29) || oneEachTree(c, nodes))
                .toList();
        var out = Json.object();
        var requests = out.putArray("allocation_requests");
        for (var candidate : candidates) requests.add(view(candidate, version));
        out.set("provider_summaries", summaries(candidates, nodes, asked, version));
        return answers.fresh(request, Reply.ok(out));
    }

    private static void defined(Tx tx, CandidateRequest asked) {
        asked.groups().forEach((suffix, group) -> {
            Parameters.defined(new ResourceClassStore(tx), group.resources().keySet());
            Parameters.defined(new TraitStore(tx), "required" + suffix, group.traits());
        });
        Parameters.defined(new TraitStore(tx), "root_required", asked.rootRequired());
    }

    private static List<Node> nodes(Tx tx) {
        var store = new ProviderStore(tx);
        var providers = store.all();
        var resources = new InventoryStore(tx).all();
        var traits = store.allTraits();
        var aggregates = store.allAggregates();
        return providers.stream()
                .map((ResourceProvider p) -> new Node(
                        p,
                        resources.getOrDefault(p.uuid(), Map.of()),
                        traits.getOrDefault(p.uuid(), Set.of()),
                        aggregates.getOrDefault(p.uuid(), Set.of())))
                .toList();
    }

    /// Before 1.29 nobody knew of trees: a candidate never named two providers of one.
    private static boolean oneEachTree(Candidate candidate, Collection<Node> nodes) {
        var roots = nodes.stream()
                .filter(n -> candidate.resources().containsKey(n.uuid()))
                .map(n -> n.provider().rootUuid())
                .toList();
        return Set.copyOf(roots).size() == roots.size();
    }

    private static ObjectNode view(Candidate candidate, Microversion version) {
        var out = Json.object();
        if (version.atLeast(12)) {
            var allocations = out.putObject("allocations");
            candidate
                    .resources()
                    .forEach((uuid, resources) ->
                            resources.forEach(allocations.putObject(uuid).putObject("resources")::put));
        } else {
            var allocations = out.putArray("allocations");
            candidate.resources().forEach((uuid, resources) -> {
                var one = allocations.addObject();
                one.putObject("resource_provider").put("uuid", uuid);
                resources.forEach(one.putObject("resources")::put);
            });
        }
        if (version.atLeast(34)) {
            var mappings = out.putObject("mappings");
            candidate.mappings().forEach((suffix, uuids) -> uuids.forEach(mappings.putArray(suffix)::add));
        }
        return out;
    }

    private static ObjectNode summaries(
            List<Candidate> candidates, List<Node> nodes, CandidateRequest asked, Microversion version) {
        var used = new TreeSet<String>();
        for (var candidate : candidates) {
            used.addAll(candidate.resources().keySet());
            candidate.mappings().values().forEach(used::addAll);
        }
        var roots = new TreeSet<String>();
        for (var node : nodes)
            if (used.contains(node.uuid())) roots.add(node.provider().rootUuid());
        var classes = new TreeSet<String>();
        asked.groups().values().forEach(g -> classes.addAll(g.resources().keySet()));
        var out = Json.object();
        for (var node : nodes) {
            // Since 1.29 the whole tree is shown, as a client chooses with it in view.
            boolean shown =
                    version.atLeast(29) ? roots.contains(node.provider().rootUuid()) : used.contains(node.uuid());
            if (!shown) continue;
            var one = out.putObject(node.uuid());
            var resources = one.putObject("resources");
            node.resources().forEach((name, resource) -> {
                if (version.atLeast(27) || classes.contains(name))
                    resources
                            .putObject(name)
                            .put("capacity", InventoryStore.capacity(resource.inventory()))
                            .put("used", resource.used());
            });
            if (version.atLeast(17)) node.traits().forEach(one.putArray("traits")::add);
            if (version.atLeast(29))
                one.put("parent_provider_uuid", node.provider().parentUuid().orElse(null))
                        .put("root_provider_uuid", node.provider().rootUuid());
        }
        return out;
    }
}
