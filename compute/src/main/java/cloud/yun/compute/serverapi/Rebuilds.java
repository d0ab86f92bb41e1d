package cloud.yun.compute.serverapi;

import cloud.yun.compute.keypair.Keypairs;
import cloud.yun.compute.lifecycle.RebuildServer.Reimage;
import cloud.yun.compute.lifecycle.Wiring;
import cloud.yun.compute.server.Revision;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Server.Wanted;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.image.Images.Image;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.json.Json;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a rebuild request means: its references looked up and checked against the server.
final class Rebuilds {
    private static final int REIMAGE_SINCE = 93;
    private static final long GIB = 1L << 30;

    private final Wiring w;
    private final Keypairs keypairs;

    Rebuilds(Wiring wiring, Keypairs keypairs) {
        this.w = wiring;
        this.keypairs = keypairs;
    }

    /// @param reimage what the root volume is filled with, if the server boots from one and it does not stay as it is
    record Draft(Revision revision, Optional<Reimage> reimage) {}

    /// @param body of the action; what it does not name stays as it is
    /// @param password for the new guest
    /// @throws Invalid something it refers to is not there or does not fit, in Nova's words
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota too many metadata items or files
    Draft of(Tx tx, Caller caller, Server server, ObjectNode body, String password, Microversion version) {
        if (!body.path("trusted_image_certificates").isMissingNode()
                && !body.path("trusted_image_certificates").isNull())
            throw new Invalid("Image signature certificate validation is not enabled, so trusted image certificates"
                    + " cannot be used.");
        var image = image(tx, caller, server, body.path("imageRef").asString());
        var reimage = reimage(tx, caller, server, image, version);
        var metadata = body.has("metadata") ? CreateRequest.strings(body.path("metadata")) : server.metadata();
        var files = CreateRequest.files(body.path("personality"));
        var limits = w.quotas().limits(tx, server.projectId());
        ServerService.checkItems(
                limits, "metadata_items", metadata.size(), "Maximum number of metadata items exceeds ");
        ServerService.checkFiles(limits, files);
        var wanted = Json.storedObject(Json.text(server.wanted())).put("adminPassword", password);
        CreateRequest.text(body, "OS-DCF:diskConfig").ifPresent(d -> wanted.put("diskConfig", d));
        if (body.has("user_data"))
            wanted.put("userData", CreateRequest.userData(body).orElse(null));
        wanted.set("files", strings(files));
        if (!server.bootsFromVolume() || reimage.isPresent())
            wanted.set("imageProperties", strings(image.properties()));
        var keyName = server.keyName();
        if (body.has("key_name")) {
            keyName = CreateRequest.text(body, "key_name");
            wanted.put("publicKey", publicKey(tx, server, keyName).orElse(null));
        }
        var revision = new Revision(
                CreateRequest.text(body, "name").map(String::strip).orElse(server.name()),
                CreateRequest.text(body, "hostname").orElse(server.hostname()),
                body.has("description") ? CreateRequest.text(body, "description") : server.description(),
                server.bootsFromVolume() ? Optional.empty() : Optional.of(image.id()),
                keyName,
                metadata,
                body.has("accessIPv4") ? CreateRequest.address(body, "accessIPv4", "ipv4") : server.accessV4(),
                body.has("accessIPv6") ? CreateRequest.address(body, "accessIPv6", "ipv6") : server.accessV6(),
                Json.stored(wanted.toString(), Wanted.class));
        return new Draft(revision, reimage);
    }

    private static ObjectNode strings(Map<String, String> values) {
        var object = Json.object();
        values.forEach(object::put);
        return object;
    }

    private Optional<String> publicKey(Tx tx, Server server, Optional<String> name) {
        return name.map(k -> keypairs.find(tx, server.userId(), k)
                .orElseThrow(() -> new Invalid("Invalid key_name provided."))
                .publicKey());
    }

    private Image image(Tx tx, Caller caller, Server server, String id) {
        var image = w.images().find(tx, caller, id).orElseThrow(() -> new Invalid("Cannot find image for rebuild"));
        if (!image.status().equals("active")) throw new Invalid("Image " + id + " is not active.");
        Drafts.requireFit(image, server.flavor(), !server.bootsFromVolume());
        return image;
    }

    /// A root volume is filled anew since microversion 2.93; before, it stays, and so must its image.
    private Optional<Reimage> reimage(Tx tx, Caller caller, Server server, Image image, Microversion version) {
        if (!server.bootsFromVolume()) return Optional.empty();
        var root = new VolumeStore(tx)
                .of(server.id()).stream()
                        .filter(v -> v.bootIndex() == 0)
                        .findFirst()
                        .flatMap(v -> w.volumes().find(tx, caller, v.volumeId()))
                        .orElseThrow(() -> new Invalid("Instance " + server.id() + " has no root volume."));
        if (!version.atLeast(REIMAGE_SINCE)) {
            if (!image.id().equals(root.imageMetadata().get("image_id")))
                throw new Invalid("Unable to rebuild with a different image for a volume-backed server.");
            return Optional.empty();
        }
        if (root.sizeGib() < image.minDiskGib() || root.sizeGib() * GIB < image.sizeBytes())
            throw new Invalid("Volume is smaller than the minimum size specified in image metadata. Volume size is "
                    + root.sizeGib() * GIB + " bytes, minimum size is "
                    + Math.max(image.minDiskGib() * GIB, image.sizeBytes()) + " bytes.");
        return Optional.of(new Reimage(root.id(), image.id(), image.diskFormat()));
    }
}
