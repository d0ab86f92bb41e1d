package cloud.yun.blockstorage.message;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/messages`, since 3.3; filters, sorting and paging since 3.5.
public final class MessageRoutes {
    private static final Map<String, String> SORTS = Map.of(
            "id",
            "id",
            "created_at",
            "created_at",
            "event_id",
            "event_id",
            "resource_type",
            "resource_type",
            "resource_uuid",
            "resource_id",
            "request_id",
            "request_id",
            "message_level",
            "message_level",
            "guaranteed_until",
            "expires_at");

    private final Messages messages;

    public MessageRoutes(Messages messages) {
        this.messages = messages;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/messages", this::list).policy("message:get_all").since("3.3"),
                Route.get("/v3/messages/{id}", this::show)
                        .policyOnObject("message:get")
                        .since("3.3"),
                Route.delete("/v3/messages/{id}", this::delete)
                        .policyOnObject("message:delete")
                        .since("3.3"));
    }

    private Reply list(Request r) {
        var query = r.microversion().atLeast("3.5") ? ListQuery.of(r, SORTS) : ListQuery.everything();
        var all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var found = messages.list(r.caller(), query, all);
        var body = Json.object();
        var list = body.putArray("messages");
        found.forEach(m -> list.add(shown(r, m)));
        query.addNext(body, r, "messages", found.stream().map(Message::id).toList());
        return Reply.ok(body);
    }

    private Reply show(Request r) {
        return Reply.ok(Json.object().set("message", shown(r, messages.get(r.caller(), r.variable("id")))));
    }

    private Reply delete(Request r) {
        messages.delete(r.caller(), r.variable("id"));
        return Reply.noContent();
    }

    private static ObjectNode shown(Request r, Message m) {
        var body = Json.object()
                .put("id", m.id())
                .put("event_id", m.eventId())
                .put("user_message", m.userMessage())
                .put("message_level", m.level())
                .put("created_at", Times.microsWithoutZone(m.createdAt()))
                .put("guaranteed_until", Times.microsWithoutZone(m.expiresAt()))
                .put("request_id", m.requestId());
        ListQuery.addLinks(body, r, "messages", m.id());
        return body.put("resource_type", m.resourceType()).put("resource_uuid", m.resourceId());
    }
}
