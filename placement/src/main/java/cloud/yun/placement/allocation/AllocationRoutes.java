package cloud.yun.placement.allocation;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import cloud.yun.placement.inventory.InventoryRoutes;
import cloud.yun.placement.query.Parameters;
import cloud.yun.placement.web.Answers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Allocations, usages and the reshaper over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/placement/#allocations">Allocations</a>
public final class AllocationRoutes {
    private static final String ONE = "/allocations/{consumer_uuid}";
    private static final String UNKNOWN = "unknown";

    private final AllocationService service;
    private final Policy policy;
    private final Answers answers;

    public AllocationRoutes(AllocationService service, Policy policy, Answers answers) {
        this.service = service;
        this.policy = policy;
        this.answers = answers;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/allocations", this::manage)
                        .policy("placement:allocations:manage")
                        .schema("schema/placement/allocations-post-1.13.json", "1.13")
                        .schema("schema/placement/allocations-post-1.28.json", "1.28")
                        .schema("schema/placement/allocations-post-1.34.json", "1.34")
                        .schema("schema/placement/allocations-post-1.38.json", "1.38")
                        .since("1.13"),
                Route.get(ONE, this::show).policy("placement:allocations:list"),
                Route.put(ONE, this::set)
                        .policy("placement:allocations:update")
                        .schema("schema/placement/allocations.json", "1.0")
                        .schema("schema/placement/allocations-1.8.json", "1.8")
                        .schema("schema/placement/allocations-1.12.json", "1.12")
                        .schema("schema/placement/allocations-1.28.json", "1.28")
                        .schema("schema/placement/allocations-1.34.json", "1.34")
                        .schema("schema/placement/allocations-1.38.json", "1.38"),
                Route.delete(ONE, this::delete).policy("placement:allocations:delete"),
                Route.get("/resource_providers/{uuid}/allocations", this::ofProvider)
                        .policy("placement:resource_providers:allocations:list"),
                Route.get("/usages", this::usages)
                        .policyOnObject("placement:usages")
                        .since("1.9"),
                Route.post("/reshaper", this::reshape)
                        .policy("placement:reshaper:reshape")
                        .schema("schema/placement/reshaper-1.30.json", "1.30")
                        .schema("schema/placement/reshaper-1.34.json", "1.34")
                        .schema("schema/placement/reshaper-1.38.json", "1.38")
                        .since("1.30"));
    }

    private Reply show(Request request) {
        var held = service.held(request.variable("consumer_uuid"));
        var version = request.microversion();
        var out = Json.object();
        var allocations = out.putObject("allocations");
        held.byProvider().forEach((provider, resources) -> {
            var one = allocations.putObject(provider);
            resources.forEach(one.putObject("resources")::put);
            one.put("generation", held.generations().get(provider));
        });
        held.consumer().filter(_ -> version.atLeast(12)).ifPresent(c -> {
            out.put("project_id", c.projectId()).put("user_id", c.userId());
            if (version.atLeast(28)) out.put("consumer_generation", c.generation());
            if (version.atLeast(38)) out.put("consumer_type", c.type().orElse(UNKNOWN));
        });
        return answers.fresh(request, Reply.ok(out));
    }

    private Reply set(Request request) {
        var list = !request.microversion().atLeast(12);
        service.set(List.of(Allocations.parse(request.variable("consumer_uuid"), request.body(), list)));
        return Reply.noContent();
    }

    private static List<Allocations> many(JsonNode body) {
        var all = new ArrayList<Allocations>();
        body.propertyStream().forEach(e -> all.add(Allocations.parse(e.getKey(), e.getValue(), false)));
        return all;
    }

    private Reply manage(Request request) {
        service.set(many(request.body()));
        return Reply.noContent();
    }

    private Reply delete(Request request) {
        var consumer = request.variable("consumer_uuid");
        if (!service.release(consumer)) throw new NotFound("No allocations for consumer '" + consumer + "'");
        return Reply.noContent();
    }

    private Reply ofProvider(Request request) {
        var shares = service.shares(request.variable("uuid"));
        var out = Json.object();
        var allocations = out.putObject("allocations");
        for (var share : shares.shares()) {
            var one = allocations.putObject(share.consumer().uuid());
            share.resources().forEach(one.putObject("resources")::put);
            if (request.microversion().atLeast(28))
                one.put("consumer_generation", share.consumer().generation());
        }
        out.put("resource_provider_generation", shares.provider().generation());
        return answers.fresh(request, Reply.ok(out));
    }

    private Reply usages(Request request) {
        var version = request.microversion();
        var known = new HashSet<>(Set.of("project_id", "user_id"));
        if (version.atLeast(38)) known.add("consumer_type");
        if (request.query("project_id").filter(p -> !p.isEmpty()).isEmpty())
            throw new Invalid("Invalid query string parameters: 'project_id' is a required property");
        Parameters.known(request, known);
        var project = request.query("project_id").orElseThrow();
        policy.require(request.caller(), "placement:usages", Target.project(project));
        var usage = service.usage(project, request.query("user_id"));
        var out = Json.object();
        var usages = out.putObject("usages");
        if (version.atLeast(38)) byType(usages, usage, request.query("consumer_type"));
        else total(usages, usage.uses());
        return answers.fresh(request, Reply.ok(out));
    }

    private static void total(ObjectNode out, List<AllocationStore.Use> uses) {
        var sums = new LinkedHashMap<String, Long>();
        uses.forEach(u -> sums.merge(u.resourceClass(), u.used(), Long::sum));
        sums.forEach(out::put);
    }

    private static void byType(ObjectNode out, AllocationService.Usage usage, Optional<String> asked) {
        if (asked.filter("all"::equals).isPresent()) {
            var all = out.putObject("all");
            all.put(
                    "consumer_count",
                    usage.consumers().values().stream().mapToLong(n -> n).sum());
            total(all, usage.uses());
            return;
        }
        usage.consumers().forEach((type, count) -> {
            var name = type.orElse(UNKNOWN);
            if (asked.isPresent() && !asked.get().equals(name)) return;
            var one = out.putObject(name);
            one.put("consumer_count", count);
            total(
                    one,
                    usage.uses().stream()
                            .filter(u -> u.consumerType().equals(type))
                            .toList());
        });
    }

    private Reply reshape(Request request) {
        var changes = new LinkedHashMap<String, AllocationService.Reshaped>();
        request.body()
                .path("inventories")
                .propertyStream()
                .forEach(e -> changes.put(
                        e.getKey(),
                        new AllocationService.Reshaped(
                                e.getValue()
                                        .path("resource_provider_generation")
                                        .longValue(),
                                InventoryRoutes.inventories(e.getValue().path("inventories")))));
        service.reshape(Map.copyOf(changes), many(request.body().path("allocations")));
        return Reply.noContent();
    }
}
