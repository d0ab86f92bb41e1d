package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.message.Message.Resource;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// Writing another image into a volume: `os-reimage`. When that fails the volume is in `error`.
public final class ReimageVolume {
    public record Params(
            String volumeId,
            String pool,
            String imageId,
            String format,
            Map<String, String> imageMetadata,
            String requestId) {}

    private final Flows flows;
    private final VolumeNotices notices;
    private final Messages messages;
    private final Clock clock;
    private final Flow<Params> flow;

    public ReimageVolume(Flows flows, Backends backends, VolumeNotices notices, Messages messages, Clock clock) {
        this.flows = flows;
        this.notices = notices;
        this.messages = messages;
        this.clock = clock;
        this.flow = Flow.named("volume_reimage", Params.class)
                .record("NotifyVolumeActionTask", (tx, p) -> emit(tx, "reimage.start", p), this::fail)
                .task(
                        "CopyImageToVolumeTask",
                        p -> backends.copyImageToVolume(p.pool(), p.volumeId(), p.imageId(), p.format()),
                        // What the volume held is lost; it is marked, not mended.
                        (_, _) -> {})
                .finish("ReimageOnFinishTask", this::finish)
                .build();
        flows.register(flow);
    }

    void begin(Tx tx, Caller caller, Volume v, String imageId, String format, Map<String, String> imageMetadata) {
        new VolumeStore(tx).move(v, Event.REIMAGE, clock.instant());
        flows.start(
                tx,
                flow,
                new Params(v.id(), v.host().orElse(""), imageId, format, imageMetadata, caller.requestId()),
                caller,
                v.id());
    }

    private void fail(Tx tx, Params p, Failure why) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.move(v, Event.REIMAGE_FAILED, clock.instant());
            notices.emit(tx, "reimage.error", v, Optional.of(why.message()));
            messages.write(
                    tx,
                    new About(Resource.VOLUME, v.id(), v.projectId(), Optional.of(p.requestId())),
                    Action.REIMAGE_VOLUME,
                    Detail.UNKNOWN_ERROR);
        });
    }

    private void finish(Tx tx, Params p) {
        var store = new VolumeStore(tx);
        store.lock(p.volumeId()).ifPresent(v -> {
            store.replaceMetadata(v.id(), Scope.IMAGE, p.imageMetadata());
            store.bootable(v.id(), true, clock.instant());
            boolean held = !new AttachmentStore(tx).ofVolume(v.id()).isEmpty();
            store.move(v, held ? Event.HELD : Event.FREED, clock.instant());
        });
        emit(tx, "reimage.end", p);
    }

    private void emit(Tx tx, String type, Params p) {
        new VolumeStore(tx).find(p.volumeId()).ifPresent(v -> notices.emit(tx, type, v));
    }
}
