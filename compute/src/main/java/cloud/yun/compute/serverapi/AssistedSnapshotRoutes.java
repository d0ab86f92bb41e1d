package cloud.yun.compute.serverapi;

import cloud.yun.compute.Part;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// HTTP of snapshots that a volume service makes with the hypervisor's help.
final class AssistedSnapshotRoutes implements Part {
    private static final String SNAPSHOTS = "/v2.1/os-assisted-volume-snapshots";
    private static final String RULE = "os_compute_api:os-assisted-volume-snapshots:";

    private final AssistedSnapshots snapshots;

    AssistedSnapshotRoutes(AssistedSnapshots snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(SNAPSHOTS, this::create)
                        .policy(RULE + "create")
                        .schema("schema/compute/assisted-volume-snapshot-create.json"),
                Route.delete(SNAPSHOTS + "/{id}", this::delete).policy(RULE + "delete"));
    }

    private Reply create(Request request) {
        throw snapshots.refused(request.object("snapshot").path("volume_id").asString());
    }

    private Reply delete(Request request) {
        var text = request.query("delete_info").orElseThrow(() -> new Invalid("'delete_info'"));
        var volume = Json.parse(text.getBytes(StandardCharsets.UTF_8)).path("volume_id");
        if (!volume.isString()) throw new Invalid("'volume_id'");
        throw snapshots.refused(volume.asString());
    }
}
