package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.attachment.AttachStatus.Event;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeNotices;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.util.Optional;

/// What may happen to an attachment and what that does to its volume, in the caller's transaction. The volume is
/// locked first, so of two that want it one wins.
public final class AttachmentRules {
    /// Who takes the volume.
    ///
    /// @param mode `rw`, `ro` or `null`
    record Taker(String attachmentId, Optional<String> serverId, String mode, boolean byCompute) {}

    private final VolumeNotices notices;
    private final Clock clock;

    public AttachmentRules(VolumeNotices notices, Clock clock) {
        this.notices = notices;
        this.clock = clock;
    }

    /// A new attachment in `reserved`; the volume becomes `reserved`.
    ///
    /// @throws Invalid in Cinder's words: the volume is not free
    Attachment reserve(Tx tx, String volumeId, Taker taker) {
        var volumes = new VolumeStore(tx);
        var v = volumes.lock(volumeId).orElseThrow(() -> new NotFound("Volume", volumeId));
        if (VolumeStatus.FAILED.contains(v.status()))
            throw new Invalid("Invalid volume: Volume attachments can not be created if the volume is in an error"
                    + " state. The Volume " + v.id() + " currently has a status of: "
                    + v.status().wire() + " ");
        boolean free = v.status() == VolumeStatus.AVAILABLE || (v.multiattach() && v.status() == VolumeStatus.IN_USE);
        if (free) volumes.move(v, VolumeStatus.Event.RESERVE, clock.instant());
        else if (!again(tx, v, taker)) throw notFree(v);
        var made = new Attachment(
                taker.attachmentId(),
                v.id(),
                v.projectId(),
                taker.serverId(),
                Optional.empty(),
                Optional.empty(),
                taker.mode(),
                AttachStatus.RESERVED,
                Json.object(),
                Optional.empty(),
                taker.byCompute(),
                clock.instant(),
                Optional.empty());
        new AttachmentStore(tx).insert(made);
        return made;
    }

    /// A server that moves to another host holds its volume twice for a while.
    private static boolean again(Tx tx, Volume v, Taker taker) {
        if (taker.serverId().isEmpty()) return false;
        if (v.status() != VolumeStatus.IN_USE && v.status() != VolumeStatus.RESERVED) return false;
        return new AttachmentStore(tx)
                .ofVolume(v.id()).stream().anyMatch(a -> a.serverId().equals(taker.serverId()));
    }

    private static Invalid notFree(Volume v) {
        return new Invalid("Invalid volume: Volume " + v.id() + " status must be "
                + (v.multiattach() ? "available or in-use or downloading" : "available or downloading")
                + " to reserve, but the current status is " + v.status().wire() + ".");
    }

    /// Somebody has the volume already: a new attachment in `attached`, the volume `in-use`.
    void occupy(Tx tx, Volume v, Taker taker, Optional<String> host, String mountpoint) {
        new AttachmentStore(tx)
                .insert(new Attachment(
                        taker.attachmentId(),
                        v.id(),
                        v.projectId(),
                        taker.serverId(),
                        host,
                        Optional.of(mountpoint),
                        taker.mode(),
                        AttachStatus.ATTACHED,
                        Json.object(),
                        Optional.empty(),
                        taker.byCompute(),
                        clock.instant(),
                        Optional.of(clock.instant())));
        settle(tx, v.id());
        emit(tx, "attach.end", v.id());
    }

    /// What everybody sees in the volume's metadata while it is attached the older way.
    ///
    /// @param mode empty takes it away again
    void attachedMode(Tx tx, String volumeId, String readonly, Optional<String> mode) {
        new VolumeStore(tx).attachedMode(volumeId, readonly, mode);
    }

    /// The guest has it: `attached` and `in-use`. Succeeds when it already was.
    void complete(Tx tx, String attachmentId, Optional<String> device) {
        var store = new AttachmentStore(tx);
        var a = lockVolumeOf(tx, attachmentId);
        store.move(a, Event.COMPLETE);
        store.attached(a.id(), device, clock.instant());
        settle(tx, a.volumeId());
        emit(tx, "attach.end", a.volumeId());
    }

    /// @throws Invalid it is not attached, or somebody is at work on the volume
    void beginDetach(Tx tx, String attachmentId) {
        var a = lockVolumeOf(tx, attachmentId);
        var volumes = new VolumeStore(tx);
        var v = volumes.find(a.volumeId()).orElseThrow(() -> new NotFound("Volume", a.volumeId()));
        boolean used = v.status() == VolumeStatus.IN_USE
                || (v.multiattach() && VolumeStatus.OF_ATTACHMENTS.contains(v.status()));
        if (!used || a.status() != AttachStatus.ATTACHED)
            throw new Invalid(
                    "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status"
                            + " must be 'attached' to detach.");
        new AttachmentStore(tx).move(a, Event.BEGIN_DETACH);
        if (v.status() == VolumeStatus.IN_USE) volumes.move(v, VolumeStatus.Event.BEGIN_DETACH, clock.instant());
        emit(tx, "detach.start", a.volumeId());
    }

    /// Back to `attached` and `in-use`. Succeeds when it already was.
    void rollDetach(Tx tx, String attachmentId) {
        var a = lockVolumeOf(tx, attachmentId);
        if (a.status() == AttachStatus.DETACHING) new AttachmentStore(tx).move(a, Event.ROLL_DETACH);
        settle(tx, a.volumeId());
    }

    /// The attachment is gone. Succeeds when already gone.
    void remove(Tx tx, String attachmentId) {
        var store = new AttachmentStore(tx);
        var found = store.find(attachmentId);
        if (found.isEmpty()) return;
        var volumeId = found.get().volumeId();
        new VolumeStore(tx).lock(volumeId);
        if (!store.delete(attachmentId)) return;
        settle(tx, volumeId);
        emit(tx, "detach.end", volumeId);
    }

    /// Gives the volume the status that its attachments say; leaves one alone that other work holds.
    void settle(Tx tx, String volumeId) {
        var volumes = new VolumeStore(tx);
        var v = volumes.lock(volumeId);
        if (v.isEmpty() || !VolumeStatus.OF_ATTACHMENTS.contains(v.get().status())) return;
        var states = new AttachmentStore(tx)
                .ofVolume(volumeId).stream().map(Attachment::status).toList();
        var event = states.isEmpty()
                ? VolumeStatus.Event.FREED
                : states.contains(AttachStatus.ATTACHED)
                        ? VolumeStatus.Event.USED
                        : states.contains(AttachStatus.DETACHING)
                                ? VolumeStatus.Event.LEAVING
                                : states.contains(AttachStatus.ATTACHING)
                                        ? VolumeStatus.Event.CONNECTING
                                        : VolumeStatus.Event.HELD;
        volumes.move(v.get(), event, clock.instant());
    }

    /// Locks the volume first: everybody takes the two in that order.
    Attachment lockVolumeOf(Tx tx, String attachmentId) {
        var store = new AttachmentStore(tx);
        var volumeId = store.find(attachmentId)
                .orElseThrow(() -> notFound(attachmentId))
                .volumeId();
        new VolumeStore(tx).lock(volumeId);
        return store.find(attachmentId).orElseThrow(() -> notFound(attachmentId));
    }

    static NotFound notFound(String attachmentId) {
        return new NotFound("Volume attachment could not be found with filter: attachment_id = " + attachmentId + ".");
    }

    private void emit(Tx tx, String type, String volumeId) {
        new VolumeStore(tx).find(volumeId).ifPresent(v -> notices.emit(tx, type, v));
    }
}
