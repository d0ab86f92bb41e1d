package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes an image of a server's root disk as one of a row of backups, and deletes the oldest of the row.
///
/// Ends with the server as it was; when it fails, with no image and no backup deleted.
public final class CreateBackup {
    /// @param rotation so many backups of the type are kept
    /// @param projectId whose images they are
    public record Params(
            String serverId, String requestId, String imageId, String backupType, int rotation, String projectId)
            implements DiskImage.Making {}

    private static final Beginning BEGINNING = new Beginning(TaskState.Event.BACKUP, "createBackup", "snapshot");

    private final Wiring w;
    private final DiskImage disk;
    private final Flow<Params> flow;

    public CreateBackup(Wiring wiring, DeleteServer delete) {
        this.w = wiring;
        this.disk = new DiskImage(wiring);
        var ending = new Ending(wiring, delete);
        this.flow = disk.steps(disk.first(Flow.named("server_create_backup", Params.class)
                        .onRevert("give-up", (tx, p, why) -> ending.back(tx, p.work(), why))))
                .forward("rotate", this::rotate)
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

    /// @param type a word of the user's, for example `daily`; each has a row of its own
    /// @param rotation so many of the newest are kept, this one included; 0: none
    /// @return the image's id; it has no data yet
    /// @throws Conflict the server's state does not allow it
    /// @throws Invalid it boots from a volume
    public String begin(
            Tx tx, Caller caller, Server server, String name, String type, int rotation, Map<String, String> metadata) {
        if (server.bootsFromVolume()) throw new Invalid("Backup is not supported for volume-backed instances.");
        Ready.require(server, "createBackup", VmState.allowing(VmState.Event.SNAPSHOT_TAKEN));
        var imageId = w.ids().get().toString();
        var more = new LinkedHashMap<>(metadata);
        more.put("backup_type", type);
        more.put("image_type", "backup");
        disk.create(tx, caller, server, imageId, name, "backup", more);
        BEGINNING.start(
                w,
                tx,
                caller,
                server,
                flow,
                new Params(server.id(), caller.requestId(), imageId, type, rotation, caller.projectId()));
        return imageId;
    }

    private void rotate(Params p) {
        var all = w.db().read(tx -> w.images()
                .withProperties(
                        tx,
                        Owner.of(p.projectId(), p.requestId()),
                        Map.of(
                                "instance_uuid", p.serverId(),
                                "image_type", "backup",
                                "backup_type", p.backupType())));
        all.stream().skip(p.rotation()).forEach(w.images()::delete);
    }
}
