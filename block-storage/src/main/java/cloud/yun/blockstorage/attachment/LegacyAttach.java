package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.attachment.AttachmentRules.Taker;
import cloud.yun.blockstorage.qos.QosSpec;
import cloud.yun.blockstorage.qos.QosStore;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/// Attaching as it was before the attachments API: `os-reserve`, `os-initialize_connection`, `os-attach` and back.
final class LegacyAttach {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final String RULE = "volume_extension:volume_actions:";

    private final Database db;
    private final Flows flows;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final VolumeService volumes;
    private final Backends backends;
    private final AttachmentRules rules;
    private final DetachVolume detach;

    LegacyAttach(
            Database db,
            Flows flows,
            Clock clock,
            Supplier<UUID> ids,
            VolumeService volumes,
            Backends backends,
            AttachmentRules rules,
            DetachVolume detach) {
        this.db = db;
        this.flows = flows;
        this.clock = clock;
        this.ids = ids;
        this.volumes = volumes;
        this.backends = backends;
        this.rules = rules;
        this.detach = detach;
    }

    void reserve(Caller caller, String id) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "reserve");
            if (!free(v))
                throw new Invalid("Invalid volume: Volume status must be "
                        + (v.multiattach() ? "available or in-use" : "available") + " to reserve, but the status is "
                        + v.status().wire() + ".");
            new VolumeStore(tx).move(v, VolumeStatus.Event.RESERVE_LEGACY, clock.instant());
        });
    }

    /// Does nothing when it was not reserved, as Cinder does.
    void unreserve(Caller caller, String id) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "unreserve");
            if (v.status() == VolumeStatus.ATTACHING) rules.settle(tx, id);
        });
    }

    void beginDetaching(Caller caller, String id) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "begin_detaching");
            if (new VolumeStore(tx)
                    .move(v, VolumeStatus.Event.BEGIN_DETACH, clock.instant())
                    .isEmpty())
                throw new Invalid("Invalid volume: Unable to detach volume. Volume status must be 'in-use' and"
                        + " attach_status must be 'attached' to detach.");
        });
    }

    void rollDetaching(Caller caller, String id) {
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "roll_detaching");
            new VolumeStore(tx).move(v, VolumeStatus.Event.ROLL_DETACH, clock.instant());
        });
    }

    /// Only says that somebody has it. Again for the same server it changes nothing.
    void attach(
            Caller caller,
            String id,
            Optional<String> serverId,
            Optional<String> host,
            String mountpoint,
            String mode) {
        var attachmentId = ids.get().toString();
        db.write(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "attach");
            if (held(tx, v, serverId, host)) return;
            if (!free(v) && v.status() != VolumeStatus.ATTACHING)
                throw new Invalid("Error attaching volume - InvalidVolume: Invalid volume: volume is already attached"
                        + " or its status is " + v.status().wire() + ".");
            var readonly = new VolumeStore(tx).metadata(id, Scope.ADMIN).getOrDefault("readonly", "False");
            if (readonly.equals("True") && !mode.equals("ro"))
                throw new Invalid("Invalid attaching mode '" + mode + "' for volume " + id + ".");
            rules.occupy(tx, v, new Taker(attachmentId, serverId, mode, false), host, mountpoint);
            rules.attachedMode(tx, id, readonly, Optional.of(mode));
        });
    }

    private static boolean held(Tx tx, Volume v, Optional<String> serverId, Optional<String> host) {
        return new AttachmentStore(tx)
                .ofVolume(v.id()).stream()
                        .anyMatch(a -> a.status() == AttachStatus.ATTACHED
                                && a.serverId().equals(serverId)
                                && (serverId.isPresent() || a.host().equals(host)));
    }

    private static boolean free(Volume v) {
        return v.status() == VolumeStatus.AVAILABLE || (v.multiattach() && v.status() == VolumeStatus.IN_USE);
    }

    /// @param attachmentId empty takes the only one
    /// @param rule whether a user or an operator asks
    void detach(Caller caller, String id, Optional<String> attachmentId, boolean force) {
        var flow = db.transaction(tx -> {
            var rule = force ? "volume_extension:volume_admin_actions:force_detach" : RULE + "detach";
            var v = volumes.require(tx, caller, id, rule);
            var a = one(tx, v, attachmentId);
            if (a.isEmpty()) {
                rules.settle(tx, id);
                return "";
            }
            // An operator who forces it knows that the server is lost to the volume.
            if (!force) AttachmentService.checkNotComputes(a.get());
            return detach.begin(tx, caller, a.get());
        });
        if (flow.isEmpty()) return;
        var end = flows.await(flow, WAIT_MAX);
        if (end.state() != FlowState.SUCCESS)
            throw new Unavailable(
                    "Unable to terminate volume connection from backend.",
                    end.state() + " " + end.error().orElse(""),
                    null);
        db.write(tx -> {
            if (!new AttachmentStore(tx).ofVolume(id).isEmpty()) return;
            rules.attachedMode(tx, id, "", Optional.empty());
            var volumesNow = new VolumeStore(tx);
            if (force)
                volumesNow
                        .lock(id)
                        .ifPresent(v -> volumesNow.move(v, VolumeStatus.Event.FORCE_DETACHED, clock.instant()));
        });
    }

    private static Optional<Attachment> one(Tx tx, Volume v, Optional<String> attachmentId) {
        List<Attachment> all = new AttachmentStore(tx).ofVolume(v.id());
        if (attachmentId.isPresent())
            return Optional.of(all.stream()
                    .filter(a -> a.id().equals(attachmentId.get()))
                    .findFirst()
                    .orElseThrow(() -> new Invalid("Error detaching volume - VolumeAttachmentNotFound: "
                            + AttachmentRules.notFound(attachmentId.get()).getMessage())));
        if (all.size() > 1)
            throw new Invalid("Error detaching volume - InvalidVolume: Invalid volume: Detach volume failed: More than"
                    + " one attachment, but no attachment_id provided.");
        return all.stream().findFirst();
    }

    Connection initializeConnection(Caller caller, String id, String host) {
        var pool = db.transaction(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "initialize_connection");
            return v.host()
                    .orElseThrow(
                            () -> new Invalid("Invalid volume: Volume " + id + " has not been scheduled to any host."));
        });
        return backends.initializeConnection(pool, id, host);
    }

    /// @return what the hypervisor is to obey; empty for nothing
    static Map<String, String> qos(Tx tx, String volumeId) {
        return new VolumeStore(tx)
                .find(volumeId)
                .flatMap(v -> new QosStore(tx).ofType(v.typeId()))
                .filter(QosSpec::frontEnd)
                .map(QosSpec::specs)
                .orElse(Map.of());
    }

    Map<String, String> qos(String volumeId) {
        return db.read(tx -> qos(tx, volumeId));
    }

    /// @return as a connection shows them: null for none
    static JsonNode specs(Map<String, String> qos) {
        return qos.isEmpty() ? NullNode.getInstance() : ListQuery.texts(qos);
    }

    void terminateConnection(Caller caller, String id, String host) {
        var pool = db.transaction(tx -> {
            var v = volumes.require(tx, caller, id, RULE + "terminate_connection");
            for (var a : new AttachmentStore(tx).ofVolume(id)) {
                if (a.byCompute())
                    throw new Conflict(
                            "Detach volume from instance " + a.serverId().orElse("") + " using the Compute API");
            }
            if (v.status() == VolumeStatus.ATTACHING) rules.settle(tx, id);
            return v.host();
        });
        pool.ifPresent(p -> backends.terminateConnection(p, id, host));
    }
}
