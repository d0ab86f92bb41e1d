package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.List;

/// HTTP of the image caches of an aggregate's hosts.
public final class CacheImageRoutes implements Part {
    private final CacheImages cache;

    public CacheImageRoutes(CacheImages cache) {
        this.cache = cache;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/v2.1/os-aggregates/{id}/images", this::begin)
                .policy("compute:aggregates:images")
                .since("2.81")
                .schema("schema/compute/aggregate-cache-images.json"));
    }

    private Reply begin(Request request) {
        var ids = request.body()
                .path("cache")
                .valueStream()
                .map(i -> i.path("id").asString())
                .toList();
        cache.begin(request.caller(), request.variable("id"), ids);
        return Reply.accepted();
    }
}
