package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.List;

/// HTTP of the image caches of an aggregate's hosts.
public final class CacheImageRoutes implements Part {
    private final Database db;
    private final CacheImages cache;

    public CacheImageRoutes(Database db, CacheImages cache) {
        this.db = db;
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
        if (ids.stream().distinct().count() < ids.size()) throw new Invalid("Duplicate images in request");
        db.write(tx -> {
            var found = AggregateService.required(new AggregateStore(tx), request.variable("id"));
            cache.begin(tx, request.caller(), found.number(), List.copyOf(found.hosts()), ids);
        });
        return Reply.accepted();
    }
}
