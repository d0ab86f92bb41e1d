package cloud.yun.objectstore.container;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.ListFormat;
import cloud.yun.objectstore.base.ListReply;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.front.Front;
import cloud.yun.objectstore.object.StoredObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Containers over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/object-store/#containers">containers</a>
public final class ContainerRoutes {
    private static final Set<String> OWNERS = Set.of(
            Container.READ,
            Container.WRITE,
            "X-Container-Sync-Key",
            "X-Container-Sync-To",
            "X-Container-Meta-Temp-Url-Key",
            "X-Container-Meta-Temp-Url-Key-2");

    private final Containers containers;
    private final Limits limits;

    public ContainerRoutes(Containers containers, Limits limits) {
        this.containers = containers;
        this.limits = limits;
    }

    public void add(Front front) {
        front.add(Front.Level.CONTAINER, "GET", this::list);
        front.add(Front.Level.CONTAINER, "HEAD", this::head);
        front.add(Front.Level.CONTAINER, "PUT", c -> Reply.empty(containers.put(c) ? 201 : 202));
        front.add(Front.Level.CONTAINER, "POST", c -> {
            containers.post(c);
            return Reply.noContent();
        });
        front.add(Front.Level.CONTAINER, "DELETE", c -> {
            containers.delete(c);
            return Reply.noContent();
        });
    }

    private Reply head(Call call) {
        var headers = headers(containers.read(call));
        headers.put("Content-Type", ListFormat.of(call).contentType());
        return new Reply(204, headers, new Reply.Body.None());
    }

    private Reply list(Call call) {
        var format = ListFormat.of(call);
        var query = Listing.Query.of(call, limits.containerListingMax());
        var view = containers.read(call);
        var container = view.container();
        if (call.asks("versions"))
            return ListReply.of(
                    format,
                    headers(view),
                    "container",
                    container.name(),
                    "object",
                    containers.versions(container, query, call.query("version_marker")),
                    entry -> {
                        var version = entry.item().orElseThrow();
                        return object(version.object())
                                .put("version_id", version.object().versionId())
                                .put("is_latest", version.latest());
                    });
        return ListReply.of(
                format,
                headers(view),
                "container",
                container.name(),
                "object",
                containers.list(container, query),
                entry -> object(entry.item().orElseThrow()));
    }

    private static ObjectNode object(StoredObject o) {
        var node = Json.object()
                .put("name", o.name())
                .put("hash", o.etag())
                .put("bytes", o.slo().map(StoredObject.Slo::bytes).orElse(o.bytes()))
                .put("content_type", o.contentType())
                .put("last_modified", o.updatedAt().iso());
        o.slo().ifPresent(s -> node.put("slo_etag", '"' + s.etag() + '"'));
        return node;
    }

    private static Map<String, String> headers(Containers.View view) {
        var container = view.container();
        var headers = new LinkedHashMap<String, String>();
        headers.put("X-Container-Object-Count", Long.toString(container.objects()));
        headers.put("X-Container-Bytes-Used", Long.toString(container.bytes()));
        headers.put("X-Timestamp", container.createdAt().text());
        headers.put("Last-Modified", container.updatedAt().http());
        headers.put("X-Storage-Policy", Container.POLICY);
        headers.put("Accept-Ranges", "bytes");
        container.headers().forEach((name, value) -> {
            if (view.owner() || !OWNERS.contains(name)) headers.put(name, Wire.encode(value));
        });
        return headers;
    }
}
