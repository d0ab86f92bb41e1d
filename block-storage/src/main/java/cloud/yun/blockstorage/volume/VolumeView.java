package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.attachment.AttachStatus;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import tools.jackson.databind.node.ObjectNode;

/// A volume as each microversion shows it, key by key in Cinder's order.
final class VolumeView {
    private final Policy policy;

    VolumeView(Policy policy) {
        this.policy = policy;
    }

    ObjectNode summary(Request request, VolumeDetail d) {
        var v = d.volume();
        var body = Json.object().put("id", v.id()).put("name", v.name().orElse(null));
        ListQuery.addLinks(body, request, "volumes", v.id());
        return body;
    }

    /// What creating and updating answer: without what only some may see.
    ObjectNode plain(Request request, VolumeDetail d) {
        var v = d.volume();
        var body = Json.object()
                .put("id", v.id())
                .put("status", v.status().wire())
                .put("size", v.sizeGib())
                .put("availability_zone", v.zone())
                .put("created_at", Times.microsWithoutZone(v.createdAt()))
                .put("updated_at", v.updatedAt().map(Times::microsWithoutZone).orElse(null))
                .put("name", v.name().orElse(null))
                .put("description", v.description().orElse(null))
                .put("volume_type", d.typeName())
                .put("snapshot_id", v.snapshotId().orElse(null))
                .put("source_volid", v.sourceVolumeId().orElse(null));
        body.set("metadata", ListQuery.texts(d.metadata()));
        ListQuery.addLinks(body, request, "volumes", v.id());
        body.put("user_id", v.userId())
                .put("bootable", v.bootable() ? "true" : "false")
                .put("encrypted", false)
                .putNull("replication_status")
                .putNull("consistencygroup_id")
                .put("multiattach", v.multiattach());
        attachments(request, body, d);
        if (request.caller().admin())
            body.put("migration_status", v.migrationStatus().orElse(null));
        addLater(request.microversion(), body, d, request.caller().admin());
        return body;
    }

    private static void addLater(Microversion version, ObjectNode body, VolumeDetail d, boolean admin) {
        if (version.atLeast("3.13")) body.put("group_id", d.volume().groupId().orElse(null));
        if (version.atLeast("3.21") && admin) body.putNull("provider_id");
        if (version.atLeast("3.48")) {
            body.put("shared_targets", false);
            body.put("service_uuid", d.serviceId().orElse(null));
        }
        if (version.atLeast("3.61") && admin) body.putNull("cluster_name");
        if (version.atLeast("3.63")) body.put("volume_type_id", d.volume().typeId());
        if (version.atLeast("3.65")) body.put("consumes_quota", d.volume().consumesQuota());
    }

    private static void attachments(Request request, ObjectNode body, VolumeDetail d) {
        var list = body.putArray("attachments");
        for (var a : d.attachments()) {
            if (a.status() != AttachStatus.ATTACHED && a.status() != AttachStatus.DETACHING) continue;
            list.addObject()
                    .put("id", a.volumeId())
                    .put("attachment_id", a.id())
                    .put("volume_id", a.volumeId())
                    .put("server_id", a.serverId().orElse(null))
                    .put("host_name", request.caller().admin() ? a.host().orElse(null) : null)
                    .put("device", a.mountpoint().orElse(null))
                    .put(
                            "attached_at",
                            a.attachedAt().map(Times::microsWithoutZone).orElse(null));
        }
    }

    /// The whole of it: show and detailed lists.
    ObjectNode full(Request request, VolumeDetail d) {
        var v = d.volume();
        var body = plain(request, d);
        var target = Target.project(v.projectId());
        if (policy.allows(request.caller(), "volume_extension:volume_tenant_attribute", target))
            body.put("os-vol-tenant-attr:tenant_id", v.projectId());
        if (policy.allows(request.caller(), "volume_extension:volume_mig_status_attribute", target))
            body.put("os-vol-mig-status-attr:migstat", v.migrationStatus().orElse(null))
                    .putNull("os-vol-mig-status-attr:name_id");
        if (policy.allows(request.caller(), "volume_extension:volume_host_attribute", target))
            body.put("os-vol-host-attr:host", v.host().orElse(null));
        if (!d.imageMetadata().isEmpty()) body.set("volume_image_metadata", ListQuery.texts(d.imageMetadata()));
        return body;
    }
}
