package cloud.yun.blockstorage.manage;

import cloud.yun.blockstorage.manage.ManageService.Wanted;
import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.snapshot.SnapshotRoutes;
import cloud.yun.blockstorage.volume.VolumeRoutes;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `os-volume-manage`, `os-snapshot-manage`, `manageable_volumes` and `manageable_snapshots` (since 3.8), and the
/// action `os-unmanage`.
public final class ManageRoutes {
    private static final String VOLUME = "volume_extension:";
    private static final String SNAPSHOT = "snapshot_extension:";

    private final ManageService service;
    private final VolumeRoutes volumes;
    private final SnapshotRoutes snapshots;

    public ManageRoutes(ManageService service, VolumeRoutes volumes, SnapshotRoutes snapshots) {
        this.service = service;
        this.volumes = volumes;
        this.snapshots = snapshots;
    }

    public List<Route> routes() {
        var all = new ArrayList<>(List.of(
                Route.action("/v3/volumes/{id}/action", "os-unmanage", this::unmanage)
                        .policyOnObject(VOLUME + "volume_unmanage"),
                Route.action("/v3/snapshots/{id}/action", "os-unmanage", this::unmanageSnapshot)
                        .policyOnObject(SNAPSHOT + "snapshot_unmanage")));
        all.addAll(of("/v3/os-volume-manage", "/v3/os-snapshot-manage"));
        of("/v3/manageable_volumes", "/v3/manageable_snapshots").forEach(r -> all.add(r.since("3.8")));
        return all;
    }

    private List<Route> of(String volumePath, String snapshotPath) {
        return List.of(
                Route.post(volumePath, this::manage)
                        .policy(VOLUME + "volume_manage")
                        .schema("schema/block-storage/volume-manage.json"),
                Route.get(volumePath, r -> list(r, "volume", false)).policy(VOLUME + "list_manageable"),
                Route.get(volumePath + "/detail", r -> list(r, "volume", true)).policy(VOLUME + "list_manageable"),
                Route.post(snapshotPath, this::manageSnapshot)
                        .policyOnObject(SNAPSHOT + "snapshot_manage")
                        .schema("schema/block-storage/snapshot-manage.json"),
                Route.get(snapshotPath, r -> list(r, "snapshot", false)).policy(SNAPSHOT + "list_manageable"),
                Route.get(snapshotPath + "/detail", r -> list(r, "snapshot", true))
                        .policy(SNAPSHOT + "list_manageable"));
    }

    private Reply manage(Request r) {
        var body = r.object("volume");
        var host = Bodies.text(body, "host").or(() -> Bodies.text(body, "cluster"));
        if (host.isEmpty()) throw new Invalid("Must specify exactly one of 'host' or 'cluster'.");
        var made = service.manage(
                r.caller(),
                new Wanted(
                        host.get(),
                        reference(body.path("ref")),
                        Bodies.label(body, "name", "name"),
                        Bodies.label(body, "description", "description"),
                        Bodies.text(body, "volume_type"),
                        Bodies.text(body, "availability_zone").filter(z -> !z.isEmpty()),
                        Bodies.texts(Bodies.objectOrEmpty(body, "metadata")),
                        Bodies.truth(body.path("bootable"))));
        return volumes.shown(r, 202, made.id());
    }

    private static String reference(JsonNode ref) {
        var name = ref.isString() ? ref.asString("") : ref.path("source-name").asString("");
        if (name.isEmpty() || name.contains("/"))
            throw new Invalid("Invalid input received: Reference must contain source-name element.");
        return name;
    }

    private Reply manageSnapshot(Request r) {
        var body = r.object("snapshot");
        var made = service.manageSnapshot(
                r.caller(),
                Bodies.uuid(body, "volume_id").orElse(""),
                reference(body.path("ref")),
                Bodies.label(body, "name", "name"),
                Bodies.label(body, "description", "description"),
                Bodies.texts(Bodies.objectOrEmpty(body, "metadata")));
        return snapshots.shown(r, 202, made.id());
    }

    private Reply unmanage(Request r) {
        service.unmanage(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply unmanageSnapshot(Request r) {
        service.unmanageSnapshot(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply list(Request r, String kind, boolean detailed) {
        var host = r.query("host").or(() -> r.query("cluster"));
        if (host.isEmpty()) throw new Invalid("Must specify exactly one of 'host' or 'cluster'.");
        var body = Json.object();
        var list = body.putArray("manageable-" + kind + "s");
        boolean snapshots = kind.equals("snapshot");
        var bySize = Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey());
        var order = r.query("sort_key").filter("size"::equals).isPresent()
                ? bySize
                : Map.Entry.<String, Integer>comparingByKey();
        if (!r.query("sort_dir").orElse("desc").equals("asc")) order = order.reversed();
        service.manageable(host.get()).entrySet().stream()
                .filter(e -> e.getKey().startsWith("snapshot-") == snapshots)
                .sorted(order)
                .limit(ListQuery.LIMIT_MAX)
                .forEach(e -> {
                    var shown = list.addObject();
                    shown.putObject("reference").put("source-name", e.getKey());
                    shown.put("size", e.getValue()).put("safe_to_manage", true);
                    if (snapshots) shown.putObject("source_reference");
                    if (detailed)
                        shown.putNull("reason_not_safe").putNull("cinder_id").putNull("extra_info");
                });
        return Reply.ok(body);
    }
}
