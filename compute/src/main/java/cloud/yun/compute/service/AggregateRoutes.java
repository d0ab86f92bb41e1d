package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.compute.service.AggregateStore.Aggregate;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of host aggregates.
public final class AggregateRoutes implements Part {
    private static final String AGGREGATES = "/v2.1/os-aggregates";
    private static final String AGGREGATE = AGGREGATES + "/{id}";

    private final AggregateService aggregates;

    public AggregateRoutes(AggregateService aggregates) {
        this.aggregates = aggregates;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(AGGREGATES, this::list).policy("os_compute_api:os-aggregates:index"),
                Route.post(AGGREGATES, this::create)
                        .policy("os_compute_api:os-aggregates:create")
                        .schema("schema/compute/aggregate-create.json"),
                Route.get(AGGREGATE, this::show).policy("os_compute_api:os-aggregates:show"),
                Route.put(AGGREGATE, this::update)
                        .policy("os_compute_api:os-aggregates:update")
                        .schema("schema/compute/aggregate-update.json"),
                Route.delete(AGGREGATE, this::delete).policy("os_compute_api:os-aggregates:delete"),
                Route.action(AGGREGATE + "/action", "add_host", this::addHost)
                        .policy("os_compute_api:os-aggregates:add_host")
                        .schema("schema/compute/aggregate-add-host.json"),
                Route.action(AGGREGATE + "/action", "remove_host", this::removeHost)
                        .policy("os_compute_api:os-aggregates:remove_host")
                        .schema("schema/compute/aggregate-remove-host.json"),
                Route.action(AGGREGATE + "/action", "set_metadata", this::setMetadata)
                        .policy("os_compute_api:os-aggregates:set_metadata")
                        .schema("schema/compute/aggregate-set-metadata.json"));
    }

    private Reply list(Request request) {
        var body = Json.object();
        var array = body.putArray("aggregates");
        for (var aggregate : aggregates.all()) array.add(view(request, aggregate));
        return Reply.ok(body);
    }

    private Reply create(Request request) {
        var body = request.object("aggregate");
        var zone = Optional.ofNullable(body.get("availability_zone"))
                .filter(z -> !z.isNull())
                .map(z -> z.asString().strip());
        var made = aggregates.create(body.path("name").asString().strip(), zone);
        // Nova's answer to create leaves these two out; clients show them from the next read.
        var view = view(request, made);
        view.remove(List.of("hosts", "metadata"));
        return Reply.ok(wrapped(view));
    }

    private Reply show(Request request) {
        return answer(request, aggregates.show(request.variable("id")));
    }

    private Reply update(Request request) {
        var body = request.object("aggregate");
        var name = Optional.ofNullable(body.get("name")).map(n -> n.asString().strip());
        Map<String, Optional<String>> metadata = new LinkedHashMap<>();
        if (body.has("availability_zone"))
            metadata.put(
                    AggregateStore.ZONE,
                    body.path("availability_zone").isNull()
                            ? Optional.empty()
                            : Optional.of(
                                    body.path("availability_zone").asString().strip()));
        return answer(request, aggregates.update(request.variable("id"), name, metadata));
    }

    private Reply setMetadata(Request request) {
        Map<String, Optional<String>> metadata = new LinkedHashMap<>();
        for (var entry : request.object("set_metadata").path("metadata").properties())
            metadata.put(
                    entry.getKey(),
                    entry.getValue().isNull()
                            ? Optional.empty()
                            : Optional.of(entry.getValue().asString()));
        return answer(request, aggregates.update(request.variable("id"), Optional.empty(), metadata));
    }

    private Reply delete(Request request) {
        aggregates.delete(request.variable("id"));
        return Reply.empty(200);
    }

    private Reply addHost(Request request) {
        var host = request.object("add_host").path("host").asString();
        return answer(request, aggregates.addHost(request.variable("id"), host));
    }

    private Reply removeHost(Request request) {
        var host = request.object("remove_host").path("host").asString();
        return answer(request, aggregates.removeHost(request.variable("id"), host));
    }

    private static Reply answer(Request request, Aggregate aggregate) {
        return Reply.ok(wrapped(view(request, aggregate)));
    }

    private static ObjectNode view(Request request, Aggregate aggregate) {
        var view = Json.object().put("id", aggregate.number());
        if (request.microversion().atLeast(41)) view.put("uuid", aggregate.id());
        view.put("name", aggregate.name());
        var hosts = view.putArray("hosts");
        aggregate.hosts().forEach(hosts::add);
        var metadata = view.putObject("metadata");
        aggregate.metadata().forEach(metadata::put);
        return view.put("created_at", Times.microsWithoutZone(aggregate.createdAt()))
                .put(
                        "updated_at",
                        aggregate.updatedAt().map(Times::microsWithoutZone).orElse(null))
                .putNull("deleted_at")
                .put("deleted", false)
                .put("availability_zone", aggregate.zone().orElse(null));
    }

    private static ObjectNode wrapped(ObjectNode view) {
        var body = Json.object();
        body.set("aggregate", view);
        return body;
    }
}
