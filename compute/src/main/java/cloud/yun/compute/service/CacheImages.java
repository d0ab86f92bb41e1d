package cloud.yun.compute.service;

import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;
import cloud.yun.kernel.flow.Flows;
import java.util.ArrayList;
import java.util.List;

/// Puts images into the caches of hosts before anybody starts a server there. Ends with each image on each host that
/// answers; the flow's record names the others. A cached image is never in the way, so nothing is taken back.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#request-image-pre-caching-for-aggregate">API</a>
public final class CacheImages {
    public record Params(List<String> hosts, List<String> imageIds) {}

    private final Database db;
    private final Flows flows;
    private final Images images;
    private final Agents agents;
    private final Flow<Params> flow;

    public CacheImages(Database db, Flows flows, Images images, Agents agents) {
        this.db = db;
        this.flows = flows;
        this.images = images;
        this.agents = agents;
        this.flow = Flow.named("aggregate_cache_images", Params.class)
                .task("cache-images", this::cache, (_, _) -> {})
                .build();
        flows.register(flow);
    }

    /// @param aggregateId as the API names it
    /// @throws Invalid an image is not there, or asked for twice
    void begin(Caller caller, String aggregateId, List<String> imageIds) {
        if (imageIds.stream().distinct().count() < imageIds.size()) throw new Invalid("Duplicate images in request");
        db.write(tx -> {
            var found = AggregateService.required(new AggregateStore(tx), aggregateId);
            begin(tx, caller, found.number(), List.copyOf(found.hosts()), imageIds);
        });
    }

    private void begin(Tx tx, Caller caller, long aggregate, List<String> hosts, List<String> imageIds) {
        for (var id : imageIds)
            if (images.find(tx, caller, id).isEmpty()) throw new Invalid("Image " + id + " could not be found.");
        flows.start(
                tx,
                flow,
                new Params(hosts, imageIds),
                new Origin(
                        caller.project().map(Caller.Project::id).orElse(""),
                        caller.userId(),
                        Long.toString(aggregate),
                        caller.requestId()));
    }

    private void cache(Params p) {
        var failed = new ArrayList<String>();
        for (var id : p.imageIds()) {
            var image = db.read(tx -> images.find(tx, Caller.system(""), id));
            if (image.isEmpty()) continue; // deleted meanwhile
            var file =
                    new HypervisorDriver.Image(id, images.data(id), image.get().diskFormat());
            for (var host : p.hosts()) {
                try {
                    agents.cacheImage(host, file);
                } catch (CloudException e) {
                    failed.add(host + ": " + e.userMessage());
                }
            }
        }
        if (!failed.isEmpty())
            throw new Unavailable("Some hosts did not cache the images.", String.join("; ", failed), null);
    }
}
