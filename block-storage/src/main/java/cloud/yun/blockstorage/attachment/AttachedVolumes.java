package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.blockstorage.attachment.AttachmentRules.Taker;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotService;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.DeleteVolume;
import cloud.yun.blockstorage.volume.VolumeRequest;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.Map;
import java.util.Optional;

/// The room's front door: what compute does with the volumes of its servers.
public final class AttachedVolumes implements ServerVolumes {
    private final VolumeService volumes;
    private final DeleteVolume deleteVolume;
    private final AttachmentRules rules;
    private final HostConnections connections;
    private final SnapshotService snapshots;

    AttachedVolumes(
            VolumeService volumes,
            DeleteVolume deleteVolume,
            AttachmentRules rules,
            HostConnections connections,
            SnapshotService snapshots) {
        this.volumes = volumes;
        this.deleteVolume = deleteVolume;
        this.rules = rules;
        this.connections = connections;
        this.snapshots = snapshots;
    }

    @Override
    public Optional<Volume> find(Tx tx, Caller caller, String volumeId) {
        return new VolumeStore(tx)
                .find(volumeId)
                .filter(v -> sees(caller, v.projectId()))
                .map(v -> new Volume(
                        v.id(),
                        v.name().orElse(""),
                        v.status().wire(),
                        v.sizeGib(),
                        v.bootable(),
                        v.multiattach(),
                        v.projectId(),
                        new VolumeStore(tx).metadata(v.id(), Scope.IMAGE),
                        new AttachmentStore(tx)
                                .ofVolume(v.id()).stream()
                                        .map(cloud.yun.blockstorage.attachment.Attachment::serverId)
                                        .flatMap(Optional::stream)
                                        .distinct()
                                        .toList()));
    }

    @Override
    public Optional<Integer> snapshotSizeGib(Tx tx, Caller caller, String snapshotId) {
        return new SnapshotStore(tx)
                .find(snapshotId)
                .filter(s -> sees(caller, s.projectId()))
                .map(Snapshot::sizeGib);
    }

    @Override
    public boolean snapshotBootable(Tx tx, Caller caller, String snapshotId) {
        return new SnapshotStore(tx)
                .find(snapshotId)
                .filter(s -> sees(caller, s.projectId()))
                .flatMap(s -> new VolumeStore(tx).find(s.volumeId()))
                .filter(v -> v.bootable())
                .isPresent();
    }

    @Override
    public void create(Tx tx, Caller caller, NewVolume wanted) {
        volumes.create(
                tx,
                caller,
                new VolumeRequest(
                        wanted.id(),
                        Optional.of(wanted.name()).filter(n -> !n.isEmpty()),
                        Optional.empty(),
                        Optional.of(wanted.sizeGib()).filter(s -> s > 0),
                        wanted.imageId(),
                        wanted.snapshotId(),
                        wanted.sourceVolumeId(),
                        wanted.type(),
                        Optional.of(wanted.availabilityZone()).filter(z -> !z.isEmpty()),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Override
    public void reserve(Tx tx, Caller caller, String attachmentId, String volumeId, String serverId) {
        if (find(tx, caller, volumeId).isEmpty()) throw new NotFound("Volume", volumeId);
        rules.reserve(tx, volumeId, new Taker(attachmentId, Optional.of(serverId), "rw", true));
    }

    @Override
    public Connection connect(String attachmentId, String host) {
        return connections.connect(attachmentId, host);
    }

    @Override
    public void complete(Tx tx, String attachmentId, String device) {
        rules.complete(tx, attachmentId, Optional.of(device).filter(d -> !d.isEmpty()));
    }

    @Override
    public void beginDetach(Tx tx, String attachmentId) {
        rules.beginDetach(tx, attachmentId);
    }

    @Override
    public void rollDetach(Tx tx, String attachmentId) {
        rules.rollDetach(tx, attachmentId);
    }

    @Override
    public void disconnect(String attachmentId, String host) {
        connections.disconnect(attachmentId, host);
    }

    @Override
    public void unbind(Tx tx, String attachmentId) {
        new AttachmentStore(tx).disconnected(attachmentId);
    }

    @Override
    public void remove(Tx tx, String attachmentId) {
        rules.remove(tx, attachmentId);
    }

    @Override
    public void delete(Tx tx, String volumeId, String requestId) {
        var v = new VolumeStore(tx).lock(volumeId);
        if (v.isEmpty() || v.get().status() == VolumeStatus.DELETING) return;
        if (new SnapshotStore(tx).existOfVolume(volumeId)
                || !new AttachmentStore(tx).ofVolume(volumeId).isEmpty()) return;
        deleteVolume.begin(tx, Caller.system(requestId), v.get(), false, false);
    }

    @Override
    public void reimage(String volumeId, String imageId, String imageFormat) {
        connections.reimage(volumeId, imageId, imageFormat);
    }

    @Override
    public void reimaged(Tx tx, Caller caller, String volumeId, String imageId) {
        volumes.reimaged(tx, caller, volumeId, imageId);
    }

    @Override
    public Optional<Attachment> attachment(Tx tx, String attachmentId) {
        return new AttachmentStore(tx)
                .find(attachmentId)
                .map(a -> new Attachment(
                        a.id(),
                        a.volumeId(),
                        a.serverId().orElse(""),
                        a.mountpoint().orElse(""),
                        a.connection()));
    }

    @Override
    public void snapshot(Tx tx, Caller caller, String snapshotId, String volumeId, String name) {
        snapshots.create(tx, caller, snapshotId, volumeId, name);
    }

    @Override
    public Optional<String> snapshotStatus(Tx tx, String snapshotId) {
        return new SnapshotStore(tx).find(snapshotId).map(s -> s.status().wire());
    }

    @Override
    public void deleteSnapshot(Tx tx, String snapshotId, String requestId) {
        snapshots.delete(tx, Caller.system(requestId), snapshotId);
    }

    private static boolean sees(Caller caller, String projectId) {
        return caller.admin()
                || caller.project().filter(p -> p.id().equals(projectId)).isPresent();
    }
}
