package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.List;

/// The actions of a volume that change its type, its place or all of its content.
public final class ChangeRoutes {
    private static final String PATH = "/v3/volumes/{id}/action";
    private static final String ADMIN = "volume_extension:volume_admin_actions:";

    private final ChangeService changes;

    public ChangeRoutes(ChangeService changes) {
        this.changes = changes;
    }

    public List<Route> routes() {
        return List.of(
                Route.action(PATH, "os-retype", this::retype)
                        .policyOnObject("volume:retype")
                        .schema("schema/block-storage/os-retype.json"),
                Route.action(PATH, "os-migrate_volume", this::migrate)
                        .policyOnObject(ADMIN + "migrate_volume")
                        .schema("schema/block-storage/os-migrate_volume.json")
                        .schema("schema/block-storage/os-migrate_volume-3.16.json", "3.16"),
                Route.action(PATH, "os-migrate_volume_completion", this::completeMigration)
                        .policyOnObject(ADMIN + "migrate_volume_completion"),
                Route.action(PATH, "os-extend_volume_completion", this::completeExtension)
                        .policyOnObject(ADMIN + "extend_volume_completion")
                        .since("3.71"),
                Route.action(PATH, "revert", this::revert)
                        .policyOnObject("volume:revert_to_snapshot")
                        .since("3.40")
                        .schema("schema/block-storage/revert.json"),
                Route.action(PATH, "os-reimage", this::reimage)
                        .policyOnObject("volume:reimage")
                        .since("3.68")
                        .schema("schema/block-storage/os-reimage.json"));
    }

    private Reply retype(Request r) {
        var body = r.object("os-retype");
        var policy = Bodies.text(body, "migration_policy").orElse("never");
        changes.retype(
                r.caller(), r.variable("id"), Bodies.text(body, "new_type").orElse(""), policy.equals("on-demand"));
        return Reply.accepted();
    }

    private Reply migrate(Request r) {
        var body = r.object("os-migrate_volume");
        var cluster = Bodies.text(body, "cluster").filter(c -> !c.isEmpty());
        var host = Bodies.text(body, "host").filter(h -> !h.isEmpty());
        if (cluster.isPresent() == host.isPresent())
            throw new Invalid("Must specify exactly one of 'host' or 'cluster'.");
        changes.migrate(r.caller(), r.variable("id"), host.or(() -> cluster).orElse(""));
        return Reply.accepted();
    }

    private Reply completeMigration(Request r) {
        changes.completeMigration(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply completeExtension(Request r) {
        changes.completeExtension(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply revert(Request r) {
        var snapshot = Bodies.uuid(r.object("revert"), "snapshot_id").orElse("");
        changes.revert(r.caller(), r.variable("id"), snapshot);
        return Reply.accepted();
    }

    private Reply reimage(Request r) {
        var body = r.object("os-reimage");
        changes.reimage(
                r.caller(),
                r.variable("id"),
                Bodies.uuid(body, "image_id").orElse(""),
                Bodies.truth(body.path("reimage_reserved")));
        return Reply.accepted();
    }
}
