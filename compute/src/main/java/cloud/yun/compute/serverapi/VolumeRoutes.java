package cloud.yun.compute.serverapi;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.lifecycle.AttachVolume;
import cloud.yun.compute.lifecycle.DetachVolume;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of the volumes of a server.
final class VolumeRoutes implements Part {
    private static final String VOLUMES = "/v2.1/servers/{server_id}/os-volume_attachments";
    private static final String VOLUME = VOLUMES + "/{volume_id}";
    private static final String RULE = "os-volumes-attachments:";
    private static final int ASYNCHRONOUS_SINCE = 101;

    private final ServerAccess access;
    private final ServerVolumes volumes;
    private final AttachVolume attach;
    private final DetachVolume detach;

    VolumeRoutes(ServerAccess access, ServerVolumes volumes, AttachVolume attach, DetachVolume detach) {
        this.volumes = volumes;
        this.access = access;
        this.attach = attach;
        this.detach = detach;
    }

    @Override
    public List<Route> routes() {
        var prefix = ComputePolicy.PREFIX + RULE;
        return List.of(
                Route.get(VOLUMES, this::list).policyOnObject(prefix + "index"),
                Route.post(VOLUMES, this::attach)
                        .policyOnObject(prefix + "create")
                        .schema("schema/compute/volume-attach.json")
                        .schema("schema/compute/volume-attach-2.49.json", "2.49")
                        .schema("schema/compute/volume-attach-2.79.json", "2.79"),
                Route.get(VOLUME, this::show).policyOnObject(prefix + "show"),
                Route.put(VOLUME, this::update)
                        .policyOnObject(prefix + "update")
                        .schema("schema/compute/volume-attachment-update.json")
                        .schema("schema/compute/volume-attachment-update-2.85.json", "2.85"),
                Route.delete(VOLUME, this::detach).policyOnObject(prefix + "delete"));
    }

    private Reply list(Request request) {
        return access.read(request.caller(), request.variable("server_id"), RULE + "index", (tx, server) -> {
            var body = Json.object();
            var array = body.putArray("volumeAttachments");
            new VolumeStore(tx)
                    .of(server.id()).stream()
                            .skip(number(request, "offset", 0))
                            .limit(number(request, "limit", Page.LIMIT_MAX))
                            .forEach(v -> array.add(view(v, request.microversion())));
            return Reply.ok(body);
        });
    }

    private static int number(Request request, String name, int otherwise) {
        var text = request.query(name).filter(t -> !t.isEmpty());
        if (text.isPresent() && !text.get().matches("[0-9]{1,9}"))
            throw new Invalid("Invalid input for query parameters " + name + ". Value: " + text.get() + ". '"
                    + text.get() + "' does not match '^[0-9]*$'");
        return text.map(Integer::parseInt).orElse(otherwise);
    }

    private Reply show(Request request) {
        return access.read(
                request.caller(),
                request.variable("server_id"),
                RULE + "show",
                (tx, server) -> Reply.ok(answer(view(find(tx, request), request.microversion()))));
    }

    private Reply attach(Request request) {
        var body = request.object("volumeAttachment");
        var version = request.microversion();
        var attached = access.change(
                request.caller(),
                request.variable("server_id"),
                RULE + "create",
                (tx, server) -> attach.begin(
                        tx,
                        request.caller(),
                        server,
                        body.path("volumeId").asString(),
                        CreateRequest.text(body, "device"),
                        CreateRequest.text(body, "tag"),
                        CreateRequest.bool(body.path("delete_on_termination"))));
        if (version.atLeast(ASYNCHRONOUS_SINCE)) return Reply.accepted();
        return Reply.ok(answer(view(attached, version)));
    }

    private Reply update(Request request) {
        var body = request.object("volumeAttachment");
        var id = request.variable("volume_id");
        var other = body.path("volumeId").asString();
        boolean regular = request.microversion().atLeast(85);
        if (!regular || !other.equals(id)) return swap(request, id, other);
        access.change(request.caller(), request.variable("server_id"), RULE + "update", (tx, _) -> {
            var volume = find(tx, request);
            unchanged(body, volume);
            if (body.has("delete_on_termination"))
                new VolumeStore(tx)
                        .deleteOnTermination(
                                volume.attachmentId(), CreateRequest.bool(body.path("delete_on_termination")));
            return volume;
        });
        return Reply.accepted();
    }

    /// Only the volume service may swap, for a volume that it migrates; ours migrates none that a server has.
    private Reply swap(Request request, String id, String other) {
        access.policy().require(request.caller(), ComputePolicy.PREFIX + RULE + "swap");
        return access.read(request.caller(), request.variable("server_id"), RULE + "show", (tx, _) -> {
            var old = volumes.find(tx, request.caller(), id).orElseThrow(() -> new NotFound("Volume", id));
            if (volumes.find(tx, request.caller(), other).isEmpty())
                throw new Invalid("Volume " + other + " could not be found.");
            if (old.serverIds().size() > 1)
                throw new Invalid(
                        "Swapping multi-attach volumes with more than one read/write attachment is not supported.");
            throw new Conflict("volume " + id + " is not migrating; this API should only be called by Cinder");
        });
    }

    private static void unchanged(ObjectNode body, ServerVolume volume) {
        same(body, "id", volume.volumeId());
        same(body, "serverId", volume.serverId());
        same(body, "device", volume.device());
        same(body, "tag", volume.tag().orElse(null));
    }

    private static void same(ObjectNode body, String name, @Nullable String has) {
        if (body.has(name) && !CreateRequest.text(body, name).equals(Optional.ofNullable(has)))
            throw new Invalid("The " + name + " property is not mutable");
    }

    private Reply detach(Request request) {
        access.change(request.caller(), request.variable("server_id"), RULE + "delete", (tx, server) -> {
            detach.begin(tx, request.caller(), server, find(tx, request));
            return server;
        });
        return Reply.accepted();
    }

    private static ServerVolume find(Tx tx, Request request) {
        var server = request.variable("server_id");
        var volume = request.variable("volume_id");
        return new VolumeStore(tx)
                .find(server, volume)
                .orElseThrow(() -> new NotFound("Instance " + server + " is not attached to volume " + volume));
    }

    private static ObjectNode answer(ObjectNode attachment) {
        var body = Json.object();
        body.set("volumeAttachment", attachment);
        return body;
    }

    private static ObjectNode view(ServerVolume v, Microversion version) {
        var a = Json.object();
        if (!version.atLeast(89)) a.put("id", v.volumeId());
        a.put("volumeId", v.volumeId()).put("serverId", v.serverId()).put("device", v.device());
        if (version.atLeast(70)) a.put("tag", v.tag().orElse(null));
        if (version.atLeast(79)) a.put("delete_on_termination", v.deleteOnTermination());
        if (version.atLeast(89)) a.put("attachment_id", v.attachmentId()).put("bdm_uuid", v.bdmId());
        return a;
    }
}
