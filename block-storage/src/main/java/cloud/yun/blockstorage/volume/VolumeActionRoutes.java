package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// `POST /v3/volumes/ID/action`, but for those about attaching.
public final class VolumeActionRoutes {
    private static final String PATH = "/v3/volumes/{id}/action";
    private static final String SHOW_IMAGE_METADATA = "volume_extension:volume_image_metadata:show";
    private static final String SET_IMAGE_METADATA = "volume_extension:volume_image_metadata:set";
    private static final String REMOVE_IMAGE_METADATA = "volume_extension:volume_image_metadata:remove";

    private final VolumeService volumes;

    public VolumeActionRoutes(VolumeService volumes) {
        this.volumes = volumes;
    }

    public List<Route> routes() {
        return List.of(
                action("os-extend", this::extend, "volume:extend"),
                action("os-set_bootable", this::setBootable, "volume:update"),
                action("os-update_readonly_flag", this::setReadonly, "volume:update_readonly_flag"),
                action("os-reset_status", this::resetStatus, "volume_extension:volume_admin_actions:reset_status"),
                Route.action(PATH, "os-force_delete", this::forceDelete)
                        .policyOnObject("volume_extension:volume_admin_actions:force_delete"),
                Route.action(PATH, "os-set_image_metadata", this::setImageMetadata)
                        .policyOnObject(SET_IMAGE_METADATA)
                        .schema("schema/block-storage/os-set_image_metadata.json"),
                Route.action(PATH, "os-show_image_metadata", this::showImageMetadata)
                        .policyOnObject(SHOW_IMAGE_METADATA),
                action("os-unset_image_metadata", this::unsetImageMetadata, REMOVE_IMAGE_METADATA),
                Route.action(PATH, "os-volume_upload_image", this::upload)
                        .policyOnObject("volume_extension:volume_actions:upload_image")
                        .schema("schema/block-storage/os-volume_upload_image.json")
                        .schema("schema/block-storage/os-volume_upload_image-3.1.json", "3.1"));
    }

    private static Route action(String name, Route.Handler handler, String rule) {
        return Route.action(PATH, name, handler).policyOnObject(rule).schema("schema/block-storage/" + name + ".json");
    }

    private Reply extend(Request r) {
        int size = Bodies.size(r.object("os-extend"), "new_size").orElseThrow();
        volumes.extend(r.caller(), r.variable("id"), size, r.microversion().atLeast("3.42"));
        return Reply.accepted();
    }

    private Reply setBootable(Request r) {
        volumes.setBootable(
                r.caller(),
                r.variable("id"),
                Bodies.truth(r.object("os-set_bootable").path("bootable")));
        return Reply.empty(200);
    }

    private Reply setReadonly(Request r) {
        volumes.setReadonly(
                r.caller(),
                r.variable("id"),
                Bodies.truth(r.object("os-update_readonly_flag").path("readonly")));
        return Reply.accepted();
    }

    private Reply resetStatus(Request r) {
        var body = r.object("os-reset_status");
        var status = Bodies.text(body, "status").map(VolumeActionRoutes::status);
        var attached = Bodies.text(body, "attach_status").map(VolumeActionRoutes::attached);
        var migration = Bodies.text(body, "migration_status").map(VolumeActionRoutes::migration);
        if (status.isEmpty() && attached.isEmpty() && migration.isEmpty())
            throw new Invalid("Must specify 'status', 'attach_status' or 'migration_status' for update.");
        volumes.resetStatus(r.caller(), r.variable("id"), status, attached, migration);
        return Reply.accepted();
    }

    private static VolumeStatus status(String wire) {
        return VolumeStatus.of(wire.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> new Invalid("Volume status: " + wire + " is invalid, valid statuses are: ("
                        + Arrays.stream(VolumeStatus.values())
                                // Cinder's list for operators is without it.
                                .filter(s -> s != VolumeStatus.REVERTING)
                                .map(s -> "'" + s.wire() + "'")
                                .collect(Collectors.joining(", "))
                        + ")."));
    }

    private static boolean attached(String wire) {
        return switch (wire.toLowerCase(Locale.ROOT)) {
            case "attached" -> true;
            case "detached" -> false;
            default ->
                throw new Invalid(
                        "Volume attach status: " + wire + " is invalid, valid statuses are: ('attached', 'detached').");
        };
    }

    private static String migration(String wire) {
        var word = wire.toLowerCase(Locale.ROOT);
        if (!List.of("migrating", "error", "success", "completing", "none", "starting")
                .contains(word))
            throw new Invalid("Volume migration status: " + wire + " is invalid, valid statuses are: ('migrating',"
                    + " 'error', 'success', 'completing', 'none', 'starting').");
        return word;
    }

    private Reply forceDelete(Request r) {
        volumes.forceDelete(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply setImageMetadata(Request r) {
        var wanted = Bodies.texts(r.object("os-set_image_metadata").path("metadata"));
        var found = volumes.putMetadata(r.caller(), r.variable("id"), Scope.IMAGE, wanted, false, SET_IMAGE_METADATA);
        return Reply.ok(Json.object().set("metadata", ListQuery.texts(found)));
    }

    private Reply showImageMetadata(Request r) {
        var found = volumes.metadata(r.caller(), r.variable("id"), Scope.IMAGE, SHOW_IMAGE_METADATA);
        return Reply.ok(Json.object().set("metadata", ListQuery.texts(found)));
    }

    private Reply unsetImageMetadata(Request r) {
        var key = Bodies.text(r.object("os-unset_image_metadata"), "key").orElse("");
        volumes.deleteMetadata(r.caller(), r.variable("id"), Scope.IMAGE, key, REMOVE_IMAGE_METADATA);
        return Reply.empty(200);
    }

    private Reply upload(Request r) {
        var body = r.object("os-volume_upload_image");
        var name = Bodies.text(body, "image_name").orElse("");
        var disk = Bodies.text(body, "disk_format").orElse("raw");
        var container = Bodies.text(body, "container_format").orElse("bare");
        if (!disk.equals("raw") || !container.equals("bare"))
            throw new Invalid(
                    "Invalid input received: a volume becomes an image of disk format raw and container format"
                            + " bare; " + disk + " and " + container + " are not supported.");
        // Below 3.1 the image service's default for a new image holds.
        var visibility = r.microversion().atLeast("3.1")
                ? Bodies.text(body, "visibility").orElse("private")
                : "shared";
        var done = volumes.upload(r.caller(), r.variable("id"), name, visibility, Bodies.truth(body.path("force")));
        var v = done.volume();
        var answer = Json.object();
        var image = answer.putObject("os-volume_upload_image")
                .put("id", v.id())
                .put("updated_at", v.updatedAt().map(Times::microsWithoutZone).orElse(null))
                .put("status", v.status().wire())
                .put("display_description", v.description().orElse(null))
                .put("size", v.sizeGib());
        var type = image.putObject("volume_type")
                .put("id", done.type().id())
                .put("name", done.type().name())
                .put("description", done.type().description().orElse(null))
                .put("is_public", done.type().isPublic());
        type.set("extra_specs", ListQuery.texts(done.type().extraSpecs()));
        type.put("qos_specs_id", done.type().qosId().orElse(null))
                .put("created_at", Times.microsWithoutZone(done.type().createdAt()))
                .put("updated_at", Times.microsWithoutZone(done.type().updatedAt()))
                .putNull("deleted_at")
                .put("deleted", false);
        image.put("image_id", done.imageId())
                .put("container_format", container)
                .put("disk_format", disk)
                .put("image_name", name)
                .put("protected", false)
                .put("visibility", visibility);
        return Reply.accepted(answer);
    }
}
