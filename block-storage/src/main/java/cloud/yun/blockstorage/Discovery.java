package cloud.yun.blockstorage;

import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Which versions, extensions and filters there are.
final class Discovery {
    private record Extension(String alias, String name, String description, String updated) {}

    private static final List<Extension> EXTENSIONS = List.of(
            new Extension("os-volume-actions", "VolumeActions", "Enable volume actions.", "2012-05-31T00:00:00+00:00"),
            new Extension("os-admin-actions", "AdminActions", "Enable admin actions.", "2012-08-25T00:00:00+00:00"),
            new Extension("os-quota-sets", "Quotas", "Quota management support.", "2011-08-08T00:00:00+00:00"),
            new Extension(
                    "os-quota-class-sets",
                    "QuotaClasses",
                    "Quota classes management support.",
                    "2012-03-12T00:00:00+00:00"),
            new Extension("os-services", "Services", "Services support.", "2012-10-28T00:00:00-00:00"),
            new Extension("os-hosts", "Hosts", "Admin-only host administration.", "2011-06-29T00:00:00+00:00"),
            new Extension(
                    "os-availability-zone",
                    "AvailabilityZones",
                    "Describe Availability Zones.",
                    "2013-06-27T00:00:00+00:00"),
            new Extension(
                    "os-types-extra-specs",
                    "TypesExtraSpecs",
                    "Type extra specs support.",
                    "2011-08-24T00:00:00+00:00"),
            new Extension(
                    "os-volume-type-access", "VolumeTypeAccess", "Volume type access support.", "2014-06-26T00:00:00Z"),
            new Extension(
                    "os-used-limits",
                    "UsedLimits",
                    "Provide data on limited resources that are being used.",
                    "2013-10-03T00:00:00+00:00"),
            new Extension(
                    "scheduler-stats", "Scheduler_stats", "Scheduler stats support.", "2014-09-07T00:00:00+00:00"),
            new Extension("capabilities", "Capabilities", "Capabilities support.", "2015-08-31T00:00:00+00:00"),
            new Extension(
                    "os-vol-image-meta",
                    "VolumeImageMetadata",
                    "Show image metadata associated with the volume.",
                    "2012-12-07T00:00:00+00:00"),
            new Extension(
                    "os-vol-tenant-attr",
                    "VolumeTenantAttribute",
                    "Expose the internal project_id as an attribute of a volume.",
                    "2011-11-03T00:00:00+00:00"),
            new Extension(
                    "os-vol-host-attr",
                    "VolumeHostAttribute",
                    "Expose host as an attribute of a volume.",
                    "2011-11-03T00:00:00+00:00"),
            new Extension("backups", "Backups", "Backups support.", "2012-12-12T00:00:00+00:00"),
            new Extension(
                    "os-volume-transfer",
                    "VolumeTransfer",
                    "Volume transfer management support.",
                    "2013-05-29T00:00:00+00:00"),
            new Extension(
                    "os-volume-manage",
                    "VolumeManage",
                    "Allows existing backend storage to be 'managed' by Cinder.",
                    "2014-02-10T00:00:00+00:00"),
            new Extension(
                    "os-volume-unmanage",
                    "VolumeUnmanage",
                    "Enable volume unmanage operation.",
                    "2012-05-31T00:00:00+00:00"),
            new Extension(
                    "os-snapshot-manage",
                    "SnapshotManage",
                    "Allows existing backend storage to be 'managed' by Cinder.",
                    "2014-12-31T00:00:00+00:00"),
            new Extension(
                    "os-snapshot-unmanage",
                    "SnapshotUnmanage",
                    "Enable volume unmanage operation.",
                    "2014-12-31T00:00:00+00:00"),
            new Extension("qos-specs", "Qos_specs_manage", "QoS specs support.", "2013-08-02T00:00:00+00:00"),
            new Extension(
                    "encryption",
                    "VolumeTypeEncryption",
                    "Encryption support for volume types.",
                    "2013-07-01T00:00:00+00:00"),
            new Extension(
                    "os-volume-encryption-metadata",
                    "VolumeEncryptionMetadata",
                    "Volume encryption metadata retrieval support.",
                    "2013-07-10T00:00:00+00:00"),
            new Extension(
                    "os-snapshot-actions",
                    "SnapshotActions",
                    "Enable snapshot manager actions.",
                    "2013-07-16T00:00:00+00:00"),
            new Extension(
                    "os-vol-mig-status-attr",
                    "VolumeMigStatusAttribute",
                    "Expose migration_status as an attribute of a volume.",
                    "2013-08-08T00:00:00+00:00"),
            new Extension(
                    "os-extended-services",
                    "ExtendedServices",
                    "Extended services support.",
                    "2014-01-10T00:00:00-00:00"),
            new Extension("os-types-manage", "TypesManage", "Types manage support.", "2011-08-24T00:00:00+00:00"),
            new Extension(
                    "os-extended-snapshot-attributes",
                    "ExtendedSnapshotAttributes",
                    "Extended SnapshotAttributes support.",
                    "2012-06-19T00:00:00+00:00"));

    private static final List<List<String>> FILTERS = List.of(
            List.of(
                    "volume",
                    "name",
                    "status",
                    "metadata",
                    "bootable",
                    "migration_status",
                    "availability_zone",
                    "group_id",
                    "size",
                    "created_at",
                    "updated_at",
                    "consumes_quota"),
            List.of("backup", "name", "status", "volume_id"),
            List.of("snapshot", "name", "status", "volume_id", "metadata", "availability_zone", "consumes_quota"),
            List.of("group", "name"),
            List.of("group_snapshot", "name", "status", "group_id"),
            List.of("attachment", "volume_id", "status", "instance_id", "attach_status"),
            List.of("message", "resource_uuid", "resource_type", "event_id", "request_id", "message_level"),
            List.of("pool", "name", "volume_type"),
            List.of("volume_type", "is_public", "extra_specs"));

    private Discovery() {}

    static List<Route> routes() {
        return List.of(
                Route.get("/", r -> Reply.json(300, versions(r))).open(),
                Route.get("/v3", r -> Reply.ok(versions(r))),
                Route.get("/v3/", r -> Reply.ok(versions(r))),
                Route.get("/v3/extensions", _ -> extensions()),
                Route.get("/v3/extensions/{alias}", Discovery::extension),
                Route.get("/v3/consistencygroups", _ -> none("consistencygroups")),
                Route.get("/v3/consistencygroups/detail", _ -> none("consistencygroups")),
                Route.get("/v3/cgsnapshots", _ -> none("cgsnapshots")),
                Route.get("/v3/cgsnapshots/detail", _ -> none("cgsnapshots")),
                Route.get("/v3/resource_filters", Discovery::filters).since("3.33"));
    }

    private static ObjectNode versions(Request r) {
        var body = Json.object();
        var version = body.putArray("versions")
                .addObject()
                .put("id", "v3.0")
                .put("status", "CURRENT")
                .put("version", "3.71")
                .put("min_version", "3.0")
                .put("updated", "2023-08-31T00:00:00Z");
        var links = version.putArray("links");
        links.addObject().put("rel", "describedby").put("type", "text/html").put("href", "https://docs.openstack.org/");
        links.addObject().put("rel", "self").put("href", r.url() + "/v3/");
        version.putArray("media-types")
                .addObject()
                .put("base", "application/json")
                .put("type", "application/vnd.openstack.volume+json;version=3");
        return body;
    }

    /// What was a consistency group became a group.
    private static Reply none(String collection) {
        var body = Json.object();
        body.putArray(collection);
        return Reply.ok(body);
    }

    private static Reply extension(Request r) {
        for (var e : EXTENSIONS)
            if (e.alias().equals(r.variable("alias")))
                return Reply.ok(Json.object().set("extension", shown(e)));
        throw new NotFound("The resource could not be found.");
    }

    private static ObjectNode shown(Extension e) {
        var shown = Json.object()
                .put("name", e.name())
                .put("alias", e.alias())
                .put("description", e.description())
                .put("updated", e.updated());
        shown.putArray("links");
        return shown;
    }

    private static Reply extensions() {
        var body = Json.object();
        var list = body.putArray("extensions");
        for (var e : EXTENSIONS) list.add(shown(e));
        return Reply.ok(body);
    }

    private static Reply filters(Request r) {
        var body = Json.object();
        var list = body.putArray("resource_filters");
        for (var line : FILTERS) {
            if (r.query("resource").filter(n -> !n.equals(line.getFirst())).isPresent()) continue;
            var shown = list.addObject().put("resource", line.getFirst());
            var names = shown.putArray("filters");
            line.subList(1, line.size()).forEach(names::add);
        }
        return Reply.ok(body);
    }
}
