package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// Making an image of a volume: `os-volume_upload_image`. A failed one leaves no image and the volume as it was.
public final class UploadVolume {
    public record Params(String volumeId, String pool, String imageId, Optional<String> requestId) {}

    private final Flows flows;
    private final Images images;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public UploadVolume(Database db, Flows flows, Backends backends, Images images, Messages messages, Clock clock) {
        this.flows = flows;
        this.images = images;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("volume_upload_image", Params.class)
                // The request made the image and took the volume; the last revert undoes both.
                .task("UploadingTask", _ -> {}, (p, _) -> {
                    images.delete(p.imageId());
                    db.write(tx -> fail(tx, p));
                })
                .task(
                        "CopyVolumeToImageTask",
                        p -> backends.copyVolumeToImage(p.pool(), p.volumeId(), p.imageId()),
                        (p, _) -> images.delete(p.imageId()))
                .finish("UploadedTask", this::settle)
                .build();
        flows.register(flow);
    }

    /// @param imageId of the new image, chosen by the caller
    /// @throws Invalid the volume is not available, or in use and nobody forces it
    void begin(Tx tx, Caller caller, Volume v, String imageId, String name, String visibility, boolean force) {
        boolean allowed = v.status() == VolumeStatus.AVAILABLE || (force && v.status() == VolumeStatus.IN_USE);
        if (!allowed)
            throw new Invalid("Invalid volume: Volume " + v.id() + " status must be "
                    + (force ? "available or in-use" : "available"));
        new VolumeStore(tx).move(v, Event.UPLOAD, clock.instant());
        images.create(tx, caller, new Images.Draft(imageId, name, visibility, "raw", "bare", 0, 0, Map.of()));
        flows.start(
                tx,
                flow,
                new Params(v.id(), v.host().orElse(""), imageId, Optional.of(caller.requestId())),
                caller,
                v.id());
    }

    /// A revert may come twice: only the first time is the volume still uploading.
    private void fail(Tx tx, Params p) {
        new VolumeStore(tx)
                .lock(p.volumeId())
                .filter(v -> v.status() == VolumeStatus.UPLOADING)
                .ifPresent(v -> messages.write(
                        tx,
                        new About(Resource.VOLUME, v.id(), v.projectId(), p.requestId()),
                        Action.COPY_VOLUME_TO_IMAGE,
                        Detail.FAILED_TO_UPLOAD_VOLUME));
        settle(tx, p);
    }

    private void settle(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            boolean used = !new AttachmentStore(tx).ofVolume(v.id()).isEmpty();
            store.move(v, used ? Event.USED : Event.FREED, clock.instant());
        });
    }
}
