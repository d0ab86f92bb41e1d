package cloud.yun.placement.provider;

import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.placement.provider.ProviderService.Filter;
import cloud.yun.placement.query.Parameters;
import cloud.yun.placement.web.Answers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Resource providers, their aggregates and traits over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/placement/#resource-providers">Resource providers</a>
public final class ProviderRoutes {
    private static final String ALL = "/resource_providers";
    private static final String ONE = "/resource_providers/{uuid}";

    private final ProviderService service;
    private final Answers answers;

    public ProviderRoutes(ProviderService service, Answers answers) {
        this.service = service;
        this.answers = answers;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policy("placement:resource_providers:list"),
                Route.post(ALL, this::create)
                        .policy("placement:resource_providers:create")
                        .schema("schema/placement/rp-create.json", "1.0")
                        .schema("schema/placement/rp-create-1.14.json", "1.14"),
                Route.get(ONE, this::show).policy("placement:resource_providers:show"),
                Route.put(ONE, this::update)
                        .policy("placement:resource_providers:update")
                        .schema("schema/placement/rp-update.json", "1.0")
                        .schema("schema/placement/rp-update-1.14.json", "1.14"),
                Route.delete(ONE, this::delete).policy("placement:resource_providers:delete"),
                Route.get(ONE + "/aggregates", this::aggregates)
                        .policy("placement:resource_providers:aggregates:list")
                        .since("1.1"),
                Route.put(ONE + "/aggregates", this::setAggregates)
                        .policy("placement:resource_providers:aggregates:update")
                        .schema("schema/placement/aggregates.json", "1.1")
                        .schema("schema/placement/aggregates-1.19.json", "1.19")
                        .since("1.1"),
                Route.get(ONE + "/traits", this::traits)
                        .policy("placement:resource_providers:traits:list")
                        .since("1.6"),
                Route.put(ONE + "/traits", this::setTraits)
                        .policy("placement:resource_providers:traits:update")
                        .schema("schema/placement/traits.json")
                        .since("1.6"),
                Route.delete(ONE + "/traits", this::clearTraits)
                        .policy("placement:resource_providers:traits:delete")
                        .since("1.6"));
    }

    private static ObjectNode view(Request request, ResourceProvider p) {
        var version = request.microversion();
        var self = Answers.prefix(request) + ALL + "/" + p.uuid();
        var out = Json.object().put("uuid", p.uuid()).put("name", p.name()).put("generation", p.generation());
        var links = out.putArray("links");
        link(links, "self", self);
        for (var part : parts(version)) link(links, part, self + "/" + part);
        if (version.atLeast(14))
            out.put("parent_provider_uuid", p.parentUuid().orElse(null)).put("root_provider_uuid", p.rootUuid());
        return out;
    }

    private static List<String> parts(Microversion version) {
        var parts = new ArrayList<>(List.of("inventories", "usages"));
        if (version.atLeast(1)) parts.add("aggregates");
        if (version.atLeast(6)) parts.add("traits");
        if (version.atLeast(11)) parts.add("allocations");
        return parts;
    }

    private static void link(ArrayNode links, String rel, String href) {
        links.addObject().put("rel", rel).put("href", href);
    }

    private Reply list(Request request) {
        var version = request.microversion();
        var known = new HashSet<>(Set.of("name", "uuid"));
        if (version.atLeast(3)) known.add("member_of");
        if (version.atLeast(4)) known.add("resources");
        if (version.atLeast(14)) known.add("in_tree");
        if (version.atLeast(18)) known.add("required");
        Parameters.known(request, known);
        var required = request.queryAll("required");
        var filter = new Filter(
                request.query("name"),
                request.query("uuid").map(u -> Parameters.uuid("uuid", u)),
                request.query("in_tree").map(u -> Parameters.uuid("in_tree", u)),
                request.query("resources").map(Parameters::resources).orElse(Map.of()),
                required.isEmpty() ? Parameters.Traits.FREE : Parameters.traits("required", required, version, true),
                Parameters.memberOf(request.queryAll("member_of"), version));
        var out = Json.object();
        var array = out.putArray("resource_providers");
        service.list(filter).forEach(p -> array.add(view(request, p)));
        return answers.fresh(request, Reply.ok(out));
    }

    private Reply create(Request request) {
        var body = request.body();
        var provider = service.create(
                body.path("name").stringValue(), text(body.path("uuid")), text(body.path("parent_provider_uuid")));
        var location = request.url() + ALL + "/" + provider.uuid();
        var reply = request.microversion().atLeast(20)
                ? answers.fresh(request, Reply.ok(view(request, provider)))
                : Reply.empty(201);
        return reply.header("Location", location);
    }

    private static Optional<String> text(JsonNode node) {
        return node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }

    private Reply show(Request request) {
        return answers.fresh(request, Reply.ok(view(request, service.show(request.variable("uuid")))));
    }

    private Reply update(Request request) {
        var parent = request.body().path("parent_provider_uuid");
        Optional<String> wanted = parent.isNull() ? Optional.of("") : text(parent);
        var provider = service.update(
                request.variable("uuid"),
                request.body().path("name").stringValue(),
                wanted,
                request.microversion().atLeast(37));
        return answers.undated(request, Reply.ok(view(request, provider)));
    }

    private Reply delete(Request request) {
        service.delete(request.variable("uuid"));
        return Reply.noContent();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).distinct().toList();
    }

    private static Optional<Long> generation(JsonNode body) {
        return Optional.of(body.path("resource_provider_generation").longValue());
    }

    private Reply aggregates(Request request) {
        return aggregates(request, service.aggregates(request.variable("uuid")));
    }

    private Reply setAggregates(Request request) {
        boolean checked = request.microversion().atLeast(19);
        var body = request.body();
        return aggregates(
                request,
                service.setAggregates(
                        request.variable("uuid"),
                        texts(checked ? body.path("aggregates") : body),
                        checked ? generation(body) : Optional.empty()));
    }

    private Reply aggregates(Request request, ProviderService.Owned owned) {
        var out = Json.object();
        owned.names().forEach(out.putArray("aggregates")::add);
        if (request.microversion().atLeast(19))
            out.put("resource_provider_generation", owned.provider().generation());
        return answers.fresh(request, Reply.ok(out));
    }

    private Reply traits(Request request) {
        return traits(request, service.traits(request.variable("uuid")));
    }

    private Reply setTraits(Request request) {
        var body = request.body();
        return traits(
                request, service.setTraits(request.variable("uuid"), texts(body.path("traits")), generation(body)));
    }

    private Reply traits(Request request, ProviderService.Owned owned) {
        var out = Json.object();
        owned.names().forEach(out.putArray("traits")::add);
        out.put("resource_provider_generation", owned.provider().generation());
        return answers.fresh(request, Reply.ok(out));
    }

    private Reply clearTraits(Request request) {
        service.setTraits(request.variable("uuid"), List.of(), Optional.empty());
        return Reply.noContent();
    }
}
