package cloud.yun.compute.version;

import cloud.yun.compute.Part;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of discovery, extensions and what upstream removed.
public final class VersionRoutes implements Part {
    /// Removed upstream with status 410: cells, certificates, cloudpipe, fping and the nova-network leftovers.
    private static final List<String> GONE = List.of(
            "/v2.1/os-cells",
            "/v2.1/os-cells/{id}",
            "/v2.1/os-cells/{id}/capacities",
            "/v2.1/os-certificates",
            "/v2.1/os-certificates/{id}",
            "/v2.1/os-cloudpipe",
            "/v2.1/os-cloudpipe/{id}",
            "/v2.1/os-fping",
            "/v2.1/os-fping/{id}",
            "/v2.1/os-agents",
            "/v2.1/os-agents/{id}",
            "/v2.1/os-fixed-ips/{id}",
            "/v2.1/os-fixed-ips/{id}/action",
            "/v2.1/os-floating-ips-bulk",
            "/v2.1/os-floating-ips-bulk/{id}",
            "/v2.1/os-floating-ip-dns",
            "/v2.1/os-floating-ip-dns/{id}",
            "/v2.1/os-floating-ip-dns/{domain}/entries/{id}",
            "/v2.1/os-security-group-default-rules",
            "/v2.1/os-security-group-default-rules/{id}",
            "/v2.1/servers/{id}/os-virtual-interfaces",
            "/v2.1/servers/{id}/consoles",
            "/v2.1/servers/{id}/consoles/{console}");

    private record Extension(String alias, String name) {}

    private final Microversions range;
    private final List<Extension> extensions = read();

    public VersionRoutes(Microversions range) {
        this.range = range;
    }

    private static List<Extension> read() {
        try (var in = VersionRoutes.class.getResourceAsStream("/compute-extensions.txt")) {
            if (in == null) throw new IllegalStateException("no compute-extensions.txt");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(l -> l.split(" ", 2))
                    .map(w -> new Extension(w[0], w[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Route> routes() {
        var routes = new ArrayList<>(List.of(
                Route.get("/", this::all).open(),
                Route.get("/v2.1", r -> one(r, true)).open(),
                Route.get("/v2.1/", r -> one(r, true)).open(),
                Route.get("/v2", r -> one(r, false)).open(),
                Route.get("/v2/", r -> one(r, false)).open(),
                Route.get("/v2.1/extensions", this::extensions).policy("os_compute_api:extensions"),
                Route.get("/v2.1/extensions/{alias}", this::extension).policy("os_compute_api:extensions")));
        for (var path : GONE)
            for (var method : List.of("GET", "POST", "PUT", "DELETE"))
                routes.add(Route.of(method, path, VersionRoutes::gone));
        return routes;
    }

    private static Reply gone(Request request) {
        throw new Refused(410, "This resource is no longer available. No forwarding address is given.");
    }

    private Reply all(Request request) {
        var body = Json.object();
        var array = body.putArray("versions");
        array.add(version(request, false));
        array.add(version(request, true));
        return Reply.ok(body);
    }

    private Reply one(Request request, boolean micro) {
        var view = version(request, micro);
        view.withArrayProperty("links")
                .addObject()
                .put("rel", "describedby")
                .put("type", "text/html")
                .put("href", "http://docs.openstack.org/");
        view.putArray("media-types")
                .addObject()
                .put("base", "application/json")
                .put("type", "application/vnd.openstack.compute+json;version=" + (micro ? "2.1" : "2"));
        var body = Json.object();
        body.set("version", view);
        return Reply.ok(body);
    }

    private ObjectNode version(Request request, boolean micro) {
        var id = micro ? "v2.1" : "v2.0";
        var view = Json.object()
                .put("id", id)
                .put("status", micro ? "CURRENT" : "SUPPORTED")
                .put("version", micro ? range.max().toString() : "")
                .put("min_version", micro ? range.min().toString() : "")
                .put("updated", micro ? "2013-07-23T11:33:21Z" : "2011-01-21T11:33:21Z");
        view.putArray("links").addObject().put("rel", "self").put("href", request.url() + (micro ? "/v2.1/" : "/v2/"));
        return view;
    }

    private Reply extensions(Request request) {
        var body = Json.object();
        var array = body.putArray("extensions");
        for (var extension : extensions) array.add(view(extension));
        return Reply.ok(body);
    }

    private Reply extension(Request request) {
        var alias = request.variable("alias");
        var found = extensions.stream()
                .filter(e -> e.alias().equals(alias))
                .findFirst()
                .orElseThrow(() -> new NotFound("The resource could not be found."));
        var body = Json.object();
        body.set("extension", view(found));
        return Reply.ok(body);
    }

    private static ObjectNode view(Extension extension) {
        var view = Json.object().put("alias", extension.alias()).put("description", extension.name() + ".");
        view.putArray("links");
        return view.put("name", extension.name())
                .put("namespace", "http://docs.openstack.org/compute/ext/fake_xml")
                .put("updated", "2014-12-03T00:00:00Z");
    }
}
