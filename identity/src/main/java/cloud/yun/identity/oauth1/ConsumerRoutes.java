package cloud.yun.identity.oauth1;

import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-OAUTH1/consumers`.
public final class ConsumerRoutes {
    private static final String ALL = "/v3/OS-OAUTH1/consumers";
    private static final String ONE = ALL + "/{consumer_id}";

    private final Consumers consumers;

    public ConsumerRoutes(Consumers consumers) {
        this.consumers = consumers;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policy("identity:list_consumers"),
                Route.post(ALL, this::create)
                        .schema("schema/identity/consumer-create.json")
                        .policy("identity:create_consumer"),
                Route.get(ONE, this::show).policy("identity:get_consumer"),
                Route.patch(ONE, this::update)
                        .schema("schema/identity/consumer-update.json")
                        .policy("identity:update_consumer"),
                Route.delete(ONE, this::delete).policy("identity:delete_consumer"));
    }

    private static ObjectNode view(Request request, Consumer consumer) {
        var node = consumer.extra().deepCopy();
        node.put("id", consumer.id()).put("description", consumer.description().orElse(null));
        return Links.self(request, "OS-OAUTH1/consumers", consumer.id(), node);
    }

    private static Reply one(int status, ObjectNode consumer) {
        var body = Json.object();
        body.set("consumer", consumer);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var found = consumers.list(request.caller());
        return Reply.ok(Links.list(
                request, "consumers", found.stream().map(c -> view(request, c)).toList()));
    }

    private Reply create(Request request) {
        var body = request.body().get("consumer") instanceof ObjectNode given ? given : Json.object();
        var made = consumers.create(request.caller(), body);
        return one(201, view(request, made).put("secret", made.secret()));
    }

    private Reply show(Request request) {
        return one(200, view(request, consumers.get(request.caller(), request.variable("consumer_id"))));
    }

    private Reply update(Request request) {
        var id = request.variable("consumer_id");
        return one(200, view(request, consumers.update(request.caller(), id, request.object("consumer"))));
    }

    private Reply delete(Request request) {
        consumers.delete(request.caller(), request.variable("consumer_id"));
        return Reply.noContent();
    }
}
