package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.json.Json;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Makes an image of a server that boots from a volume: snapshots of its volumes, and an image without data whose
/// `block_device_mapping` names them. Who boots from it gets new volumes of the snapshots.
///
/// Ends with the server as it was; when it fails, with neither image nor snapshots.
public final class CreateVolumeImage {
    /// @param snapshotIds in the order of the volumes
    public record Params(String serverId, String requestId, String imageId, List<String> snapshotIds) {
        Work work() {
            return new Work(serverId, requestId);
        }
    }

    private static final Option<Integer> TRIES = Option.integer(
            "DEFAULT", "volume_snapshot_tries", 3600, "How often to look whether a snapshot of a volume is ready.");
    private static final Duration LOOK_MAX = Duration.ofSeconds(1);
    private static final Duration LOOK_MIN = Duration.ofMillis(20);

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.SNAPSHOT, "createImage", "snapshot");

    private final Wiring w;
    private final Ending ending;
    private final Flow<Params> flow;

    public CreateVolumeImage(Wiring wiring, DeleteServer delete) {
        this.w = wiring;
        this.ending = new Ending(wiring, delete);
        this.flow = Flow.named("server_create_volume_image", Params.class)
                .onRevert("give-up", (tx, p, why) -> ending.back(tx, p.work(), why))
                // The request wrote image and snapshots down: whatever fails from here on, both go.
                .task("make-image", _ -> {}, this::drop)
                .task("await-snapshots", this::awaitSnapshots, (_, _) -> {})
                .task(
                        "activate-image",
                        p -> DiskImage.whileItIsThere(
                                w, p.imageId(), () -> w.images().upload(p.imageId(), InputStream.nullInputStream())),
                        (_, _) -> {})
                .finish(
                        "settle",
                        (tx, p) -> ending.done(
                                tx,
                                p.work(),
                                TaskState.IMAGE_SNAPSHOT,
                                VmState.Event.SNAPSHOT_TAKEN,
                                ending.power(tx, p.work()),
                                "snapshot.end"))
                .build();
        w.flows().register(flow);
    }

    public static List<Option<?>> options() {
        return List.of(TRIES);
    }

    /// @param server locked in this transaction, booted from a volume
    /// @return the image's id
    /// @throws Conflict the server's state does not allow it
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota for the snapshots
    public String begin(Tx tx, Caller caller, Server server, String name, Map<String, String> metadata) {
        Ready.require(server, "createImage", VmState.allowing(VmState.Event.SNAPSHOT_TAKEN));
        var volumes = new VolumeStore(tx).of(server.id());
        if (volumes.stream().anyMatch(v -> v.state() != VolumeState.ATTACHED))
            throw new Conflict("A volume of instance " + server.id() + " is being attached or detached.");
        var imageId = w.ids().get().toString();
        var snapshotIds = volumes.stream().map(_ -> w.ids().get().toString()).toList();
        var mapping = Json.array();
        for (int i = 0; i < volumes.size(); i++) {
            var volume = volumes.get(i);
            w.volumes().snapshot(tx, caller, snapshotIds.get(i), volume.volumeId(), "snapshot for " + name);
            int size = w.volumes()
                    .snapshotSizeGib(tx, caller, snapshotIds.get(i))
                    .orElseThrow(() -> new IllegalStateException("the snapshot was not written down"));
            mapping.add(device(volume, snapshotIds.get(i), size));
        }
        var more = new LinkedHashMap<String, String>();
        more.put("block_device_mapping", Json.text(mapping));
        more.put("bdm_v2", "True");
        more.put("root_device_name", server.wanted().rootDevice());
        more.putAll(metadata);
        w.images()
                .create(
                        tx,
                        caller,
                        new Images.Draft(
                                imageId,
                                name,
                                "private",
                                "raw",
                                "bare",
                                0,
                                0,
                                DiskImage.properties(caller, server, "snapshot", more)));
        BEGINNING.start(w, tx, caller, server, flow, new Params(server.id(), caller.requestId(), imageId, snapshotIds));
        return imageId;
    }

    /// One volume in Nova's words.
    private static ObjectNode device(ServerVolume volume, String snapshotId, int sizeGib) {
        var device = Json.object()
                .put("source_type", "snapshot")
                .put("destination_type", "volume")
                .put("snapshot_id", snapshotId)
                .put("volume_size", sizeGib)
                .put("device_name", volume.device())
                .put("delete_on_termination", volume.deleteOnTermination())
                .put("disk_bus", "virtio")
                .put("device_type", "disk");
        if (volume.bootIndex() >= 0) device.put("boot_index", volume.bootIndex());
        else device.putNull("boot_index");
        for (var none : List.of("guest_format", "image_id", "volume_id", "no_device", "volume_type"))
            device.putNull(none);
        device.put("tag", volume.tag().orElse(null));
        return device;
    }

    private void awaitSnapshots(Params p) {
        for (var id : p.snapshotIds()) {
            var status = settled(id);
            if (!status.equals(Optional.of("available")))
                throw new Unavailable(
                        "A volume of the server could not be copied.",
                        "snapshot " + id + " is " + status.orElse("gone"),
                        null);
        }
    }

    /// Waits until nobody works on it.
    private Optional<String> settled(String snapshotId) {
        var pause = LOOK_MIN;
        for (int tries = 0; ; tries++) {
            var status = w.db().read(tx -> w.volumes().snapshotStatus(tx, snapshotId));
            if (!status.equals(Optional.of("creating"))) return status;
            if (tries >= w.config().get(TRIES))
                throw new Unavailable(
                        "A volume of the server was not copied in time.", snapshotId + " is still creating", null);
            CreateServer.sleep(pause);
            var longer = pause.multipliedBy(2);
            pause = longer.compareTo(LOOK_MAX) > 0 ? LOOK_MAX : longer;
        }
    }

    private void drop(Params p, Failure why) {
        w.images().delete(p.imageId());
        for (var id : p.snapshotIds()) {
            settled(id);
            w.db().write(tx -> w.volumes().deleteSnapshot(tx, id, p.requestId()));
        }
    }
}
