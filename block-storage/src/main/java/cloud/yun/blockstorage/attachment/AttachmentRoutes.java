package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/attachments`, since 3.27.
final class AttachmentRoutes {
    private static final Map<String, String> SORTS = Map.of(
            "id",
            "id",
            "created_at",
            "created_at",
            "volume_id",
            "volume_id",
            "attach_status",
            "attach_status",
            "status",
            "attach_status");

    private final AttachmentService service;

    AttachmentRoutes(AttachmentService service) {
        this.service = service;
    }

    List<Route> routes() {
        var one = "/v3/attachments/{id}";
        return List.of(
                Route.get("/v3/attachments", r -> list(r, false))
                        .policy("volume:get_all")
                        .since("3.27"),
                Route.get("/v3/attachments/detail", r -> list(r, true))
                        .policy("volume:get_all")
                        .since("3.27"),
                Route.post("/v3/attachments", this::create)
                        .policyOnObject("volume:attachment_create")
                        .since("3.27")
                        .schema("schema/block-storage/attachment-create.json")
                        .schema("schema/block-storage/attachment-create-3.54.json", "3.54"),
                Route.get(one, this::show).policyOnObject("volume:get").since("3.27"),
                Route.put(one, this::update)
                        .policyOnObject("volume:attachment_update")
                        .since("3.27")
                        .schema("schema/block-storage/attachment-update.json"),
                Route.delete(one, this::delete)
                        .policyOnObject("volume:attachment_delete")
                        .since("3.27"),
                Route.action(one + "/action", "os-complete", this::complete)
                        .policyOnObject("volume:attachment_complete")
                        .since("3.44"));
    }

    private Reply list(Request r, boolean detailed) {
        var query = ListQuery.of(r, SORTS);
        var all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var found = query.cut(service.list(r.caller(), query, all));
        var body = Json.object();
        var list = body.putArray("attachments");
        found.forEach(a -> list.add(detailed ? detail(a) : summary(a)));
        query.addNext(body, r, "attachments", found.stream().map(Attachment::id).toList());
        return Reply.ok(body);
    }

    private Reply create(Request r) {
        var body = r.object("attachment");
        var connector = body.get("connector");
        var made = service.create(
                r.caller(),
                Bodies.uuid(body, "volume_uuid").orElse(""),
                Bodies.uuid(body, "instance_uuid"),
                Optional.<JsonNode>ofNullable(connector).filter(c -> c.isObject() && !c.isEmpty()),
                Bodies.text(body, "mode").orElse("null"));
        return answer(made);
    }

    private Reply show(Request r) {
        return answer(service.get(r.caller(), r.variable("id")));
    }

    private Reply update(Request r) {
        return answer(service.update(
                r.caller(), r.variable("id"), r.object("attachment").path("connector")));
    }

    private Reply complete(Request r) {
        service.complete(r.caller(), r.variable("id"));
        return Reply.noContent();
    }

    private Reply delete(Request r) {
        var body = Json.object();
        var list = body.putArray("attachments");
        service.delete(r.caller(), r.variable("id")).forEach(a -> list.add(summary(a)));
        return Reply.ok(body);
    }

    private Reply answer(Attachment a) {
        return Reply.ok(Json.object().set("attachment", detail(a)));
    }

    private static ObjectNode summary(Attachment a) {
        return Json.object()
                .put("id", a.id())
                .put("status", a.status().wire())
                .put("instance", a.serverId().orElse(null))
                .put("volume_id", a.volumeId());
    }

    private ObjectNode detail(Attachment a) {
        var body = summary(a)
                .put("attached_at", a.attachedAt().map(Times::microsWithoutZone).orElse(""))
                .put("detached_at", "")
                .put("attach_mode", a.mode());
        var info = body.putObject("connection_info");
        a.connection().ifPresent(c -> {
            c.data().forEach(info::put);
            info.set("qos_specs", LegacyAttach.specs(service.qos(a.volumeId())));
            info.put("access_mode", a.mode().equals("ro") ? "ro" : "rw")
                    .put("encrypted", false)
                    .put("cacheable", false)
                    .put("driver_volume_type", c.type())
                    .put("attachment_id", a.id());
        });
        return body;
    }
}
