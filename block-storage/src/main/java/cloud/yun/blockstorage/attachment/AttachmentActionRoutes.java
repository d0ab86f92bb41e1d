package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;

/// The actions of a volume that are about attaching it the older way.
final class AttachmentActionRoutes {
    private static final String PATH = "/v3/volumes/{id}/action";
    private static final String RULE = "volume_extension:volume_actions:";

    private final LegacyAttach legacy;

    AttachmentActionRoutes(LegacyAttach legacy) {
        this.legacy = legacy;
    }

    List<Route> routes() {
        return List.of(
                Route.action(PATH, "os-reserve", r -> done(() -> legacy.reserve(r.caller(), r.variable("id"))))
                        .policyOnObject(RULE + "reserve"),
                Route.action(PATH, "os-unreserve", r -> done(() -> legacy.unreserve(r.caller(), r.variable("id"))))
                        .policyOnObject(RULE + "unreserve"),
                Route.action(
                                PATH,
                                "os-begin_detaching",
                                r -> done(() -> legacy.beginDetaching(r.caller(), r.variable("id"))))
                        .policyOnObject(RULE + "begin_detaching"),
                Route.action(
                                PATH,
                                "os-roll_detaching",
                                r -> done(() -> legacy.rollDetaching(r.caller(), r.variable("id"))))
                        .policyOnObject(RULE + "roll_detaching"),
                Route.action(PATH, "os-attach", this::attach)
                        .policyOnObject(RULE + "attach")
                        .schema("schema/block-storage/os-attach.json"),
                Route.action(PATH, "os-detach", r -> detach(r, "os-detach", false))
                        .policyOnObject(RULE + "detach")
                        .schema("schema/block-storage/os-detach.json"),
                Route.action(PATH, "os-force_detach", r -> detach(r, "os-force_detach", true))
                        .policyOnObject("volume_extension:volume_admin_actions:force_detach"),
                Route.action(PATH, "os-initialize_connection", this::initialize)
                        .policyOnObject(RULE + "initialize_connection")
                        .schema("schema/block-storage/os-initialize_connection.json"),
                Route.action(PATH, "os-terminate_connection", this::terminate)
                        .policyOnObject(RULE + "terminate_connection")
                        .schema("schema/block-storage/os-terminate_connection.json"));
    }

    private static Reply done(Runnable work) {
        work.run();
        return Reply.accepted();
    }

    private Reply attach(Request r) {
        var body = r.object("os-attach");
        return done(() -> legacy.attach(
                r.caller(),
                r.variable("id"),
                Bodies.uuid(body, "instance_uuid"),
                Bodies.text(body, "host_name"),
                Bodies.text(body, "mountpoint").orElse(""),
                Bodies.text(body, "mode").orElse("rw")));
    }

    private Reply detach(Request r, String action, boolean force) {
        var attachment = Bodies.uuid(Bodies.objectOrEmpty(r.body(), action), "attachment_id");
        return done(() -> legacy.detach(r.caller(), r.variable("id"), attachment, force));
    }

    private Reply initialize(Request r) {
        var connector = r.object("os-initialize_connection").path("connector");
        var found = legacy.initializeConnection(
                r.caller(), r.variable("id"), connector.path("host").asString(""));
        var body = Json.object();
        var info = body.putObject("connection_info").put("driver_volume_type", found.type());
        var data = info.putObject("data");
        found.data().forEach(data::put);
        data.set("qos_specs", LegacyAttach.specs(legacy.qos(r.variable("id"))));
        data.put("access_mode", "rw").put("encrypted", false).put("cacheable", false);
        info.put("enforce_multipath", Bodies.truth(connector.path("enforce_multipath")));
        return Reply.ok(body);
    }

    private Reply terminate(Request r) {
        var connector = r.object("os-terminate_connection").path("connector");
        return done(() -> legacy.terminateConnection(
                r.caller(), r.variable("id"), connector.path("host").asString("")));
    }
}
