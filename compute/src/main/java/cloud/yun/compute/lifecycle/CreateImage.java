package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.flow.Flow;
import java.util.Map;

/// Makes an image of a server's root disk. Ends with the image active and the server as it was; when it fails, with
/// no image.
///
/// Who deletes the image meanwhile ends it as well. A server that boots from a volume: see `CreateVolumeImage`.
public final class CreateImage {
    public record Params(String serverId, String requestId, String imageId) implements DiskImage.Making {}

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.SNAPSHOT, "createImage", "snapshot");

    private final Wiring w;
    private final DiskImage disk;
    private final Flow<Params> flow;

    public CreateImage(Wiring wiring, DeleteServer delete) {
        this.w = wiring;
        this.disk = new DiskImage(wiring);
        var ending = new Ending(wiring, delete);
        this.flow = disk.steps(disk.first(Flow.named("server_create_image", Params.class)
                        .onRevert("give-up", (tx, p, why) -> ending.back(tx, p.work(), why))))
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p.work(),
                                TaskState.IMAGE_UPLOADING,
                                VmState.Event.SNAPSHOT_TAKEN,
                                ending.power(tx, p.work()),
                                "snapshot.end"))
                .build();
        w.flows().register(flow);
    }

    /// @param server locked in this transaction, not booted from a volume
    /// @return the image's id; it has no data yet
    /// @throws Conflict the server's state does not allow it
    public String begin(Tx tx, Caller caller, Server server, String name, Map<String, String> metadata) {
        Ready.require(server, "createImage", VmState.allowing(VmState.Event.SNAPSHOT_TAKEN));
        var imageId = w.ids().get().toString();
        disk.create(tx, caller, server, imageId, name, "snapshot", metadata);
        BEGINNING.start(w, tx, caller, server, flow, new Params(server.id(), caller.requestId(), imageId));
        return imageId;
    }
}
