package cloud.yun.compute.serverapi;

import cloud.yun.compute.Part;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/// HTTP of snapshots that a volume service makes with the hypervisor's help: for drivers that keep volumes as qcow2
/// files and let the guest's hypervisor switch to a new one. No volume driver of this cloud works so (theirs snapshot
/// by themselves), so every volume is refused in the words that Nova has for one it cannot help with.
final class AssistedSnapshotRoutes implements Part {
    private static final String SNAPSHOTS = "/v2.1/os-assisted-volume-snapshots";
    private static final String RULE = "os_compute_api:os-assisted-volume-snapshots:";

    private final Function<String, List<String>> serversOf;

    /// @param serversOf ids of the servers that have a volume
    AssistedSnapshotRoutes(Function<String, List<String>> serversOf) {
        this.serversOf = serversOf;
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
        throw refused(request.object("snapshot").path("volume_id").asString());
    }

    private Reply delete(Request request) {
        var text = request.query("delete_info").orElseThrow(() -> new Invalid("'delete_info'"));
        var volume = Json.parse(text.getBytes(StandardCharsets.UTF_8)).path("volume_id");
        if (!volume.isString()) throw new Invalid("'volume_id'");
        throw refused(volume.asString());
    }

    private Invalid refused(String volumeId) {
        var servers = serversOf.apply(volumeId);
        if (servers.isEmpty()) return new Invalid("No volume Block Device Mapping with id " + volumeId + ".");
        return new Invalid("Invalid volume: its back end makes snapshots without the hypervisor of server "
                + servers.getFirst() + ".");
    }
}
