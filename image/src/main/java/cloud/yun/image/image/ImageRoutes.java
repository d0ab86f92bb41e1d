package cloud.yun.image.image;

import cloud.yun.image.image.ImageState.Event;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Images over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/v2/">Image service API</a>
public final class ImageRoutes {
    private final ImageService service;
    private final ImportImage imports;

    public ImageRoutes(ImageService service, ImportImage imports) {
        this.service = service;
        this.imports = imports;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v2/images", this::list).policy("get_images"),
                Route.post("/v2/images", this::create).policyOnObject("add_image"),
                Route.get("/v2/images/{image_id}", this::show).policyOnObject("get_image"),
                Route.patch("/v2/images/{image_id}", this::update).policyOnObject("modify_image"),
                Route.delete("/v2/images/{image_id}", this::delete).policyOnObject("delete_image"),
                Route.put("/v2/images/{image_id}/file", this::upload).policyOnObject("upload_image").stream(),
                Route.get("/v2/images/{image_id}/file", this::download).policyOnObject("download_image"),
                Route.put("/v2/images/{image_id}/stage", this::stage).policyOnObject("modify_image").stream(),
                Route.post("/v2/images/{image_id}/import", this::importImage).policyOnObject("modify_image"),
                Route.delete("/v2/stores/{store_id}/{image_id}", this::deleteFromStore)
                        .policyOnObject("delete_image_location"),
                // An id that a script left empty must not turn a show into a list.
                Route.get("/v2/images/", _ -> nothing()).policyOnObject("get_image"),
                Route.patch("/v2/images/", _ -> nothing()).policyOnObject("modify_image"),
                Route.delete("/v2/images/", _ -> nothing()).policyOnObject("delete_image"),
                Route.post("/v2/images/{image_id}/actions/deactivate", r -> activation(r, Event.DEACTIVATE))
                        .policyOnObject("deactivate"),
                Route.post("/v2/images/{image_id}/actions/reactivate", r -> activation(r, Event.REACTIVATE))
                        .policyOnObject("reactivate"),
                Route.put("/v2/images/{image_id}/tags/{tag}", this::addTag).policyOnObject("modify_image"),
                Route.delete("/v2/images/{image_id}/tags/{tag}", this::deleteTag)
                        .policyOnObject("modify_image"));
    }

    private Reply list(Request request) {
        var asked = new ImageListRequest(request);
        var query = asked.query(service.limits());
        var images = service.list(request.caller(), query);
        var out = Json.object();
        var array = out.putArray("images");
        images.forEach(i -> array.add(ImageView.of(i)));
        out.put("first", asked.link(Optional.empty()));
        out.put("schema", "/v2/schemas/images");
        if (!images.isEmpty() && images.size() == query.limit())
            out.put("next", asked.link(Optional.of(images.getLast().id())));
        return Reply.ok(out);
    }

    private Reply create(Request request) {
        if (request.body().isMissingNode()) throw new Invalid("Body expected in request.");
        ImageFields.check(request.body());
        if (!(request.body() instanceof ObjectNode body)) throw new Invalid("Body expected in request.");
        var id = Optional.ofNullable(body.get("id")).map(n -> n.stringValue());
        var image = service.create(request.caller(), i -> ImageFields.apply(i, body), id);
        return Reply.created(ImageView.of(image))
                .header("Location", request.url() + "/v2/images/" + image.id())
                .header("OpenStack-image-import-methods", String.join(",", imports.methods()))
                .header("OpenStack-image-store-ids", "file");
    }

    private Reply show(Request request) {
        return Reply.ok(ImageView.of(service.show(request.caller(), request.variable("image_id"))));
    }

    private Reply update(Request request) {
        var patch = ImagePatch.parse(request.header("Content-Type").orElse(""), request.body());
        var image = service.update(request.caller(), request.variable("image_id"), patch::apply);
        return Reply.ok(ImageView.of(image));
    }

    private Reply delete(Request request) {
        service.delete(request.caller(), request.variable("image_id"));
        return Reply.noContent();
    }

    private static Reply nothing() {
        throw new NotFound("The resource could not be found.");
    }

    private static void octets(Request request) {
        var type = request.header("Content-Type").orElse("").split(";", 2)[0].strip();
        if (!type.equals("application/octet-stream"))
            throw new Refused(415, "The request media type " + type + " is not supported by this server.");
    }

    private Reply stage(Request request) {
        octets(request);
        service.stage(request.caller(), request.variable("image_id"), request.stream());
        return Reply.noContent();
    }

    private Reply importImage(Request request) {
        var asked = ImportRequest.of(request.body(), imports.methods());
        request.header("X-Image-Meta-Store").ifPresent(ImportRequest::known);
        imports.start(request.caller(), request.variable("image_id"), asked);
        return Reply.accepted();
    }

    private Reply deleteFromStore(Request request) {
        service.deleteFromStore(request.caller(), request.variable("store_id"), request.variable("image_id"));
        return Reply.noContent();
    }

    private Reply upload(Request request) {
        octets(request);
        request.header("X-Image-Meta-Store").ifPresent(ImportRequest::known);
        service.upload(request.caller(), request.variable("image_id"), request.stream());
        return Reply.noContent();
    }

    private Reply download(Request request) {
        var download = service.download(request.caller(), request.variable("image_id"));
        if (download.data().isEmpty()) return Reply.noContent();
        var data = download.data().get();
        boolean answered = false;
        try {
            var reply = answer(request, download.image(), data);
            answered = true;
            return reply;
        } finally {
            if (!answered) close(data);
        }
    }

    private static Reply answer(Request request, Image image, FileChannel data) {
        long size = image.sizeBytes().orElse(0L);
        var asked = request.header("Range").map(r -> ByteRange.parse(r, size));
        var range = asked.orElse(new ByteRange(0, size - 1));
        var reply = Reply.file(
                asked.isPresent() ? 206 : 200, data, range.first(), range.length(), "application/octet-stream");
        if (asked.isPresent())
            reply = reply.header("Content-Range", "bytes " + range.first() + "-" + range.last() + "/" + size);
        return image.checksumMd5().isPresent()
                ? reply.header("Content-MD5", image.checksumMd5().get())
                : reply;
    }

    private static void close(FileChannel data) {
        try {
            data.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Reply activation(Request request, Event event) {
        service.activation(request.caller(), request.variable("image_id"), event);
        return Reply.noContent();
    }

    private Reply addTag(Request request) {
        var tag = request.variable("tag");
        ImageFields.check(Json.object().set("tags", Json.array().add(tag)));
        service.addTag(request.caller(), request.variable("image_id"), tag);
        return Reply.noContent();
    }

    private Reply deleteTag(Request request) {
        service.deleteTag(request.caller(), request.variable("image_id"), request.variable("tag"));
        return Reply.noContent();
    }
}
