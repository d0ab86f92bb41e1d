package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.lifecycle.CreateBackup;
import cloud.yun.compute.lifecycle.CreateImage;
import cloud.yun.compute.lifecycle.CreateVolumeImage;
import cloud.yun.compute.lifecycle.OffloadServer;
import cloud.yun.compute.lifecycle.PowerActions;
import cloud.yun.compute.lifecycle.RescueServer;
import cloud.yun.compute.lifecycle.ShelveServer;
import cloud.yun.compute.lifecycle.UnshelveServer;
import cloud.yun.compute.server.TaskState;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.quota.Quotas;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// HTTP of the actions that copy a server or set it aside: createImage, createBackup, shelve, rescue and their ways
/// back.
final class SetAsideRoutes implements Part {
    private static final String ACTION = "/v2.1/servers/{server_id}/action";
    private static final int IMAGE_ID_SINCE = 45;
    private static final int ZONE_SINCE = 77;
    private static final int VOLUMES_SINCE = 87;

    /// What the actions do.
    record Works(
            CreateImage image,
            CreateVolumeImage volumeImage,
            CreateBackup backup,
            ShelveServer shelve,
            OffloadServer offload,
            UnshelveServer unshelve,
            RescueServer rescue,
            PowerActions power) {}

    private final ServerAccess access;
    private final ServerService service;
    private final Quotas quotas;
    private final Works works;

    SetAsideRoutes(ServerAccess access, ServerService service, Quotas quotas, Works works) {
        this.access = access;
        this.service = service;
        this.quotas = quotas;
        this.works = works;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.action(ACTION, "createImage", this::image)
                        .policyOnObject(rule("servers:create_image"))
                        .schema("schema/compute/server-create-image.json"),
                Route.action(ACTION, "createBackup", this::backup)
                        .policyOnObject(rule("os-create-backup"))
                        .schema("schema/compute/server-create-backup.json"),
                Route.action(ACTION, "shelve", this::shelve).policyOnObject(rule("os-shelve:shelve")),
                Route.action(ACTION, "shelveOffload", this::offload).policyOnObject(rule("os-shelve:shelve_offload")),
                Route.action(ACTION, "unshelve", this::unshelve)
                        .policyOnObject(rule("os-shelve:unshelve"))
                        .schema("schema/compute/server-unshelve-2.77.json", "2.77")
                        .schema("schema/compute/server-unshelve-2.91.json", "2.91"),
                Route.action(ACTION, "rescue", this::rescue)
                        .policyOnObject(rule("os-rescue"))
                        .schema("schema/compute/server-rescue.json"),
                Route.action(ACTION, "unrescue", this::unrescue).policyOnObject(rule("os-unrescue")));
    }

    private static String rule(String name) {
        return ComputePolicy.PREFIX + name;
    }

    private Reply image(Request request) {
        var asked = request.object("createImage");
        var metadata = CreateRequest.strings(asked.path("metadata"));
        var name = asked.path("name").asString();
        var id =
                access.change(request.caller(), request.variable("server_id"), "servers:create_image", (tx, server) -> {
                    metadataFits(quotas.limits(tx, request.caller().projectId()), metadata);
                    if (!server.bootsFromVolume())
                        return works.image().begin(tx, request.caller(), server, name, metadata);
                    access.policy()
                            .require(
                                    request.caller(),
                                    rule("servers:create_image:allow_volume_backed"),
                                    ServerAccess.target(server));
                    return works.volumeImage().begin(tx, request.caller(), server, name, metadata);
                });
        return made(request, id);
    }

    private Reply backup(Request request) {
        var asked = request.object("createBackup");
        var metadata = CreateRequest.strings(asked.path("metadata"));
        int rotation = Integer.parseInt(asked.path("rotation").asString().strip());
        var id = access.change(request.caller(), request.variable("server_id"), "os-create-backup", (tx, server) -> {
            metadataFits(quotas.limits(tx, request.caller().projectId()), metadata);
            return works.backup()
                    .begin(
                            tx,
                            request.caller(),
                            server,
                            asked.path("name").asString(),
                            asked.path("backup_type").asString(),
                            rotation,
                            metadata);
        });
        // Without any that is kept there is none to point to.
        return rotation == 0 ? Reply.accepted() : made(request, id);
    }

    private static void metadataFits(Map<String, Long> limits, Map<String, String> metadata) {
        long limit = limits.getOrDefault("metadata_items", -1L);
        if (limit >= 0 && metadata.size() > limit) throw new OverQuota("Image metadata limit exceeded", "", "");
    }

    private static Reply made(Request request, String imageId) {
        if (request.microversion().atLeast(IMAGE_ID_SINCE))
            return Reply.accepted(Json.object().put("image_id", imageId));
        return Reply.accepted().header("Location", request.url() + "/images/" + imageId);
    }

    private Reply shelve(Request request) {
        access.change(request.caller(), request.variable("server_id"), "os-shelve:shelve", (tx, server) -> {
            works.shelve().begin(tx, request.caller(), server);
            return server;
        });
        return Reply.accepted();
    }

    private Reply offload(Request request) {
        access.change(request.caller(), request.variable("server_id"), "os-shelve:shelve_offload", (tx, server) -> {
            works.offload().begin(tx, request.caller(), server);
            return server;
        });
        return Reply.accepted();
    }

    private Reply unshelve(Request request) {
        var asked = request.body().path("unshelve");
        boolean places = request.microversion().atLeast(ZONE_SINCE);
        Optional<Optional<String>> zone = places && asked.has("availability_zone")
                ? Optional.of(CreateRequest.text(asked, "availability_zone"))
                : Optional.empty();
        var host = places ? CreateRequest.text(asked, "host") : Optional.<String>empty();
        access.change(request.caller(), request.variable("server_id"), "os-shelve:unshelve", (tx, server) -> {
            if (host.isPresent())
                access.policy()
                        .require(request.caller(), rule("os-shelve:unshelve_to_host"), ServerAccess.target(server));
            works.unshelve().begin(tx, request.caller(), server, new UnshelveServer.Wanted(zone, host));
            return server;
        });
        return Reply.accepted();
    }

    private Reply rescue(Request request) {
        var asked = request.body().path("rescue");
        var password = service.password(CreateRequest.text(asked, "adminPass"));
        access.change(request.caller(), request.variable("server_id"), "os-rescue", (tx, server) -> {
            works.rescue()
                    .begin(
                            tx,
                            request.caller(),
                            server,
                            password,
                            CreateRequest.text(asked, "rescue_image_ref"),
                            request.microversion().atLeast(VOLUMES_SINCE));
            return server;
        });
        return service.passwordsShown() ? Reply.ok(Json.object().put("adminPass", password)) : Reply.accepted();
    }

    private Reply unrescue(Request request) {
        access.change(request.caller(), request.variable("server_id"), "os-unrescue", (tx, server) -> {
            works.power().begin(tx, server, TaskState.Event.UNRESCUE, request.caller());
            return server;
        });
        return Reply.accepted();
    }
}
