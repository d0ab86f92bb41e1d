package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.attachment.AttachmentRules.Taker;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The attachments API. Cinder answers when the back end has done its part, so these calls wait for their flow.
final class AttachmentService {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private final Database db;
    private final Flows flows;
    private final Policy policy;
    private final Supplier<UUID> ids;
    private final VolumeService volumes;
    private final AttachmentRules rules;
    private final AttachVolume attach;
    private final DetachVolume detach;

    AttachmentService(
            Database db,
            Flows flows,
            Policy policy,
            Supplier<UUID> ids,
            VolumeService volumes,
            AttachmentRules rules,
            AttachVolume attach,
            DetachVolume detach) {
        this.db = db;
        this.flows = flows;
        this.policy = policy;
        this.ids = ids;
        this.volumes = volumes;
        this.rules = rules;
        this.attach = attach;
        this.detach = detach;
    }

    /// @param connector what the host says of itself; empty only reserves
    /// @throws cloud.yun.kernel.error.CloudException.Invalid the volume is not free
    Attachment create(
            Caller caller, String volumeId, Optional<String> serverId, Optional<JsonNode> connector, String mode) {
        var id = ids.get().toString();
        var made = db.transaction(tx -> {
            var v = volumes.require(tx, caller, volumeId, "volume:attachment_create");
            if (v.multiattach() && v.bootable() && v.status() == VolumeStatus.IN_USE)
                policy.require(caller, "volume:multiattach_bootable_volume", Target.project(v.projectId()));
            boolean readonly = "True"
                    .equals(new VolumeStore(tx).metadata(volumeId, Scope.ADMIN).get("readonly"));
            return rules.reserve(tx, volumeId, new Taker(id, serverId, readonly ? "ro" : mode, false));
        });
        return connector.isPresent() ? connect(caller, made, connector.get()) : made;
    }

    /// @throws Conflict the volume is in an error state, or another host has it
    Attachment update(Caller caller, String id, JsonNode connector) {
        var a = db.transaction(tx -> {
            var found = require(tx, caller, id, "volume:attachment_update");
            checkUpdate(tx, found);
            return found;
        });
        return connect(caller, a, connector);
    }

    private static void checkUpdate(Tx tx, Attachment a) {
        var v = new VolumeStore(tx).find(a.volumeId()).orElseThrow();
        if (VolumeStatus.FAILED.contains(v.status()))
            throw new Conflict("Volume attachments can not be updated if the volume is in an error state. The Volume "
                    + v.id() + " currently has a status of: " + v.status().wire() + " ");
        boolean other = new AttachmentStore(tx)
                .ofVolume(v.id()).stream()
                        .anyMatch(o -> !o.id().equals(a.id()) && o.connection().isPresent());
        if (other && !v.multiattach()) throw new Conflict("duplicate connectors detected on volume " + v.id());
    }

    /// @return the attachment with its connection, still in the status in which it was: Cinder answers so
    private Attachment connect(Caller caller, Attachment a, JsonNode connector) {
        var host = connector.path("host").asString("");
        var flow = db.transaction(tx -> attach.begin(tx, caller, a, host, connector.toString()));
        ended(flow, "Unable to fetch connection information from backend.");
        var now =
                db.read(tx -> new AttachmentStore(tx).find(a.id())).orElseThrow(() -> AttachmentRules.notFound(a.id()));
        return new Attachment(
                a.id(),
                a.volumeId(),
                a.projectId(),
                a.serverId(),
                now.host(),
                now.mountpoint(),
                a.mode(),
                a.status(),
                now.connector(),
                now.connection(),
                a.byCompute(),
                a.createdAt(),
                a.attachedAt());
    }

    private void ended(String flow, String failure) {
        var end = flows.await(flow, WAIT_MAX);
        if (end.state() == FlowState.SUCCESS) return;
        throw new Unavailable(
                failure,
                end.state() + " " + end.error().orElse("") + " " + end.detail().orElse(""),
                null);
    }

    void complete(Caller caller, String id) {
        db.write(tx -> {
            require(tx, caller, id, "volume:attachment_complete");
            rules.complete(tx, id, Optional.empty());
        });
    }

    /// @return what other attachments the volume has
    /// @throws Conflict a server of ours holds it: compute must give it back
    List<Attachment> delete(Caller caller, String id) {
        record Begun(String flow, String volumeId) {}
        var begun = db.transaction(tx -> {
            var a = require(tx, caller, id, "volume:attachment_delete");
            checkNotComputes(a);
            return new Begun(detach.begin(tx, caller, a), a.volumeId());
        });
        ended(begun.flow(), "Unable to terminate volume connection from backend.");
        return db.read(tx -> new AttachmentStore(tx).ofVolume(begun.volumeId()));
    }

    /// A volume taken away behind a running server's back would show its data to the next who gets that device.
    static void checkNotComputes(Attachment a) {
        if (a.byCompute())
            throw new Conflict("Detach volume from instance " + a.serverId().orElse("") + " using the Compute API");
    }

    /// @return what the hypervisor is to obey; empty for nothing
    Map<String, String> qos(String volumeId) {
        return db.read(tx -> LegacyAttach.qos(tx, volumeId));
    }

    Attachment get(Caller caller, String id) {
        return db.read(tx -> {
            var a = visible(tx, caller, id);
            policy.require(caller, "volume:get", Target.project(a.projectId()));
            return a;
        });
    }

    List<Attachment> list(Caller caller, ListQuery query, boolean all) {
        return db.read(tx -> {
            var select = Select.of(AttachmentStore.COLUMNS, "volume_attachment");
            if (!all) select.where("project_id = ?", caller.projectId());
            query.filters().forEach((name, value) -> {
                switch (name) {
                    case "volume_id" -> select.where("volume_id = ?", value);
                    case "instance_id", "instance_uuid" -> select.where("server_id = ?", value);
                    case "status", "attach_status" -> select.where("attach_status = ?", value);
                    case "project_id" -> select.where("project_id = ?", value);
                    default -> select.where("1 = 0");
                }
            });
            var marker = query.marker().orElse("");
            return new AttachmentStore(tx).list(query.page(tx, select, () -> AttachmentRules.notFound(marker)));
        });
    }

    private Attachment require(Tx tx, Caller caller, String id, String rule) {
        visible(tx, caller, id);
        var a = rules.lockVolumeOf(tx, id);
        policy.require(caller, rule, Target.project(a.projectId()));
        return a;
    }

    private static Attachment visible(Tx tx, Caller caller, String id) {
        return new AttachmentStore(tx)
                .find(id)
                .filter(a -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(a.projectId()))
                                .isPresent())
                .orElseThrow(() -> AttachmentRules.notFound(id));
    }
}
