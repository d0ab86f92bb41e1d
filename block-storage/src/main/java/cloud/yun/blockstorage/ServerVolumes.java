package cloud.yun.blockstorage;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The block-storage room's front door for compute: volumes of servers.
///
/// What takes a `Tx` only changes rows, in the caller's transaction; what does not is an effect on the back end,
/// idempotent, for a flow's task.
public interface ServerVolumes {
    record Volume(
            String id,
            String name,
            String status,
            int sizeGib,
            boolean bootable,
            boolean multiattach,
            String projectId,
            Map<String, String> imageMetadata,
            List<String> serverIds) {}

    /// How a hypervisor opens a volume.
    ///
    /// @param type Cinder's driver_volume_type: `file`, `iscsi`, `nfs`, `rbd`, `simulated`
    /// @param data for `file`: `path` and `format` (`raw`, `qcow2`)
    record Connection(String type, Map<String, String> data) {}

    record Attachment(String id, String volumeId, String serverId, String device, Optional<Connection> connection) {}

    /// @param source of the first bytes; at most one is set
    record NewVolume(
            String id,
            String name,
            int sizeGib,
            Optional<String> imageId,
            Optional<String> snapshotId,
            Optional<String> sourceVolumeId,
            Optional<String> type,
            String availabilityZone) {}

    /// @return the volume if the caller may see it
    Optional<Volume> find(Tx tx, Caller caller, String volumeId);

    /// @return size in GiB of the snapshot, if the caller may see it
    Optional<Integer> snapshotSizeGib(Tx tx, Caller caller, String snapshotId);

    /// @return whether a server can boot from a volume made of the snapshot: its own volume is bootable
    boolean snapshotBootable(Tx tx, Caller caller, String snapshotId);

    /// Makes a volume and records the flow that fills it. Counts quota.
    void create(Tx tx, Caller caller, NewVolume wanted);

    /// Reserves the volume for the server: status `reserved`.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Invalid the volume is not available (or in-use and
    ///     multiattach)
    void reserve(Tx tx, Caller caller, String attachmentId, String volumeId, String serverId);

    /// Effect: the back end lets `host` open the volume.
    Connection connect(String attachmentId, String host);

    /// The guest has it: `in-use`.
    void complete(Tx tx, String attachmentId, String device);

    /// `in-use` to `detaching`.
    ///
    /// @throws cloud.yun.kernel.error.CloudException.Invalid it is not attached or somebody is at work on it
    void beginDetach(Tx tx, String attachmentId);

    /// `detaching` back to `in-use`.
    void rollDetach(Tx tx, String attachmentId);

    /// Effect: `host` can no longer open the volume. Succeeds when it already could not.
    void disconnect(String attachmentId, String host);

    /// The server is on no host any more: the attachment stays, and is connected again where the server goes.
    void unbind(Tx tx, String attachmentId);

    /// The attachment is gone; without others the volume is `available`. Succeeds when already gone.
    void remove(Tx tx, String attachmentId);

    /// For delete_on_termination: records the flow that deletes the volume. Succeeds when already gone or going. A
    /// volume
    /// that has snapshots, or that another server has, stays.
    void delete(Tx tx, String volumeId, String requestId);

    /// Effect: the volume holds the image's bytes and nothing else. No guest may have it open meanwhile.
    ///
    /// @param imageFormat the image's disk format
    void reimage(String volumeId, String imageId, String imageFormat);

    /// The volume says from which image its contents are. Succeeds when the image is gone.
    void reimaged(Tx tx, Caller caller, String volumeId, String imageId);

    Optional<Attachment> attachment(Tx tx, String attachmentId);

    /// Records the flow that takes a snapshot, also of a volume in use. Counts quota.
    ///
    /// @param snapshotId chosen by the caller
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    void snapshot(Tx tx, Caller caller, String snapshotId, String volumeId, String name);

    /// @return Cinder's word, `creating`, `available`, `error` ...; empty when it is gone
    Optional<String> snapshotStatus(Tx tx, String snapshotId);

    /// Records the flow that deletes a snapshot. Succeeds when already gone or going.
    void deleteSnapshot(Tx tx, String snapshotId, String requestId);
}
