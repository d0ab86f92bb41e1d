package cloud.yun.blockstorage.snapshot;

import static java.util.Map.entry;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/snapshots`.
public final class SnapshotRoutes {
    private static final String ONE = "/v3/snapshots/{id}";
    private static final Map<String, String> SORTS = Map.ofEntries(
            entry("id", "id"),
            entry("name", "COALESCE(name, '')"),
            entry("display_name", "COALESCE(name, '')"),
            entry("status", "status"),
            entry("volume_id", "volume_id"),
            entry("volume_size", "size_gib"),
            entry("size", "size_gib"),
            entry("created_at", "created_at"),
            entry("updated_at", "COALESCE(updated_at, 0)"),
            entry("project_id", "project_id"));

    private final SnapshotService snapshots;
    private final Policy policy;

    public SnapshotRoutes(SnapshotService snapshots, Policy policy) {
        this.snapshots = snapshots;
        this.policy = policy;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/snapshots", r -> list(r, false)).policy("volume:get_all_snapshots"),
                Route.get("/v3/snapshots/detail", r -> list(r, true)).policy("volume:get_all_snapshots"),
                Route.post("/v3/snapshots", this::create)
                        .policyOnObject("volume:create_snapshot")
                        .schema("schema/block-storage/snapshot-create.json"),
                Route.get(ONE, r -> answer(200, full(r, snapshots.get(r.caller(), r.variable("id")))))
                        .policyOnObject("volume:get_snapshot"),
                Route.put(ONE, this::update)
                        .policyOnObject("volume:update_snapshot")
                        .schema("schema/block-storage/snapshot-update.json"),
                Route.delete(ONE, r -> delete(r, false)).policyOnObject("volume:delete_snapshot"),
                Route.action(ONE + "/action", "os-reset_status", this::resetStatus)
                        .policyOnObject("volume_extension:snapshot_admin_actions:reset_status"),
                Route.action(ONE + "/action", "os-update_snapshot_status", this::updateStatus)
                        .policyOnObject("volume_extension:snapshot_actions:update_snapshot_status")
                        .schema("schema/block-storage/os-update_snapshot_status.json"),
                Route.action(ONE + "/action", "os-force_delete", r -> delete(r, true))
                        .policyOnObject("volume_extension:snapshot_admin_actions:force_delete"),
                Route.get(ONE + "/metadata", this::metadata).policyOnObject("volume:get_snapshot_metadata"),
                Route.post(ONE + "/metadata", r -> putMetadata(r, false))
                        .policyOnObject("volume:update_snapshot_metadata")
                        .schema("schema/block-storage/metadata.json"),
                Route.put(ONE + "/metadata", r -> putMetadata(r, true))
                        .policyOnObject("volume:update_snapshot_metadata")
                        .schema("schema/block-storage/metadata.json"),
                Route.get(ONE + "/metadata/{key}", this::metadataItem).policyOnObject("volume:get_snapshot_metadata"),
                Route.put(ONE + "/metadata/{key}", this::putMetadataItem)
                        .policyOnObject("volume:update_snapshot_metadata")
                        .schema("schema/block-storage/metadata-item.json"),
                Route.delete(ONE + "/metadata/{key}", this::deleteMetadataItem)
                        .policyOnObject("volume:delete_snapshot_metadata"));
    }

    /// What creating answers, also for those who made it another way.
    public Reply shown(Request r, int status, String id) {
        return answer(status, plain(r, snapshots.get(r.caller(), id)));
    }

    private Reply list(Request r, boolean detailed) {
        var query = ListQuery.of(r, SORTS);
        boolean all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var page = snapshots.list(query, select -> filtered(r, query, select, all));
        var body = Json.object();
        var list = body.putArray("snapshots");
        var shown = query.cut(page.snapshots());
        shown.forEach(s -> list.add(detailed ? full(r, s) : plain(r, s)));
        query.addNext(body, r, "snapshots", shown.stream().map(Snapshot::id).toList());
        if (r.microversion().atLeast("3.45") && ListQuery.flag(r, "with_count")) body.put("count", page.count());
        return Reply.ok(body);
    }

    private static Select filtered(Request r, ListQuery query, Select select, boolean all) {
        if (!all) select.where("project_id = ?", r.caller().projectId());
        query.filters().forEach((name, value) -> {
            switch (name) {
                case "name", "display_name" -> select.where("name = ?", value);
                case "status" -> select.where("status = ?", value);
                case "volume_id" -> select.where("volume_id = ?", value);
                case "name~", "status~", "volume_id~" ->
                    select.where(
                            "LOWER(" + name.substring(0, name.length() - 1) + ") LIKE ?",
                            "%" + value.toLowerCase(Locale.ROOT) + "%");
                case "metadata" -> metadata(select, value);
                // Every snapshot of ours counts.
                case "consumes_quota" -> {
                    if (!ListQuery.flag(r, "consumes_quota")) select.where("1 = 0");
                }
                case "availability_zone" ->
                    select.where(
                            "EXISTS (SELECT 1 FROM volume v WHERE v.id = snapshot.volume_id"
                                    + " AND v.availability_zone = ?)",
                            value);
                default -> {
                    if (r.caller().admin()) forAdmins(select, name, value);
                    else if (r.microversion().atLeast("3.31"))
                        throw new Invalid("Invalid filters " + name + " are found in query options.");
                }
            }
        });
        return select;
    }

    private static void forAdmins(Select select, String name, String value) {
        switch (name) {
            case "id", "project_id", "user_id", "type_id", "progress", "group_snapshot_id" ->
                select.where(name + " = ?", value);
            case "volume_type_id" -> select.where("type_id = ?", value);
            case "size", "volume_size" -> select.where("CAST(size_gib AS TEXT) = ?", value);
            case "host" ->
                select.where("EXISTS (SELECT 1 FROM volume v WHERE v.id = snapshot.volume_id AND v.host = ?)", value);
            default -> select.where("1 = 0");
        }
    }

    private static void metadata(Select select, String value) {
        var pairs = ListQuery.pairs(value);
        if (pairs.isEmpty() && !value.replace(" ", "").equals("{}")) select.where("1 = 0");
        pairs.forEach((key, wanted) -> select.where(
                "EXISTS (SELECT 1 FROM snapshot_metadata m WHERE m.snapshot_id = snapshot.id"
                        + " AND m.key = ? AND m.value = ?)",
                key,
                wanted));
    }

    private Reply create(Request r) {
        var body = r.object("snapshot");
        var volume = Bodies.uuid(body, "volume_id");
        if (volume.isEmpty()) throw new NotFound("Volume", "None");
        boolean lateEnough = r.microversion().atLeast("3.66");
        if (lateEnough && body.has("force") && !Bodies.truth(body.path("force")))
            throw new Invalid("Invalid value '" + body.path("force").asString("")
                    + "' for 'force'. The 'force' parameter is invalid in this microversion when not true.");
        var made = snapshots.create(
                r.caller(),
                new SnapshotService.Wanted(
                        volume.get(),
                        Bodies.label(body, "name", "name").or(() -> Bodies.label(body, "display_name", "display_name")),
                        Bodies.label(body, "description", "description"),
                        Bodies.texts(Bodies.objectOrEmpty(body, "metadata")),
                        lateEnough || Bodies.truth(body.path("force"))));
        return answer(202, plain(r, made));
    }

    private Reply update(Request r) {
        var body = r.object("snapshot");
        var changed = snapshots.update(
                r.caller(),
                r.variable("id"),
                Bodies.change(body, "name", "display_name"),
                Bodies.change(body, "description", "display_description"));
        return answer(200, plain(r, changed));
    }

    private Reply delete(Request r, boolean force) {
        snapshots.delete(r.caller(), r.variable("id"), force);
        return Reply.accepted();
    }

    private Reply updateStatus(Request r) {
        var body = r.object("os-update_snapshot_status");
        snapshots.updateStatus(
                r.caller(),
                r.variable("id"),
                Bodies.text(body, "status").orElse(""),
                Bodies.text(body, "progress").filter(p -> !p.isEmpty()));
        return Reply.accepted();
    }

    private Reply resetStatus(Request r) {
        var wire = Bodies.text(r.object("os-reset_status"), "status").orElse("");
        var status = SnapshotStatus.of(wire.toLowerCase(Locale.ROOT))
                .orElseThrow(
                        () -> new Invalid("Snapshot status: " + wire + " is invalid, valid statuses are: ('creating',"
                                + " 'available', 'deleting', 'error', 'error_deleting')."));
        snapshots.resetStatus(r.caller(), r.variable("id"), status);
        return Reply.accepted();
    }

    private Reply metadata(Request r) {
        return Reply.ok(
                Json.object().set("metadata", ListQuery.texts(snapshots.metadata(r.caller(), r.variable("id")))));
    }

    private Reply putMetadata(Request r, boolean replace) {
        var found = snapshots.putMetadata(r.caller(), r.variable("id"), Bodies.texts(r.object("metadata")), replace);
        return Reply.ok(Json.object().set("metadata", ListQuery.texts(found)));
    }

    private Reply metadataItem(Request r) {
        var key = r.variable("key");
        var value = snapshots.metadata(r.caller(), r.variable("id")).get(key);
        if (value == null) throw SnapshotService.noMetadata(r.variable("id"), key);
        var body = Json.object();
        body.putObject("meta").put(key, value);
        return Reply.ok(body);
    }

    private Reply putMetadataItem(Request r) {
        var meta = Bodies.texts(r.object("meta"));
        if (!meta.containsKey(r.variable("key"))) throw new Invalid("Request body and URI mismatch");
        snapshots.putMetadata(r.caller(), r.variable("id"), meta, false);
        return Reply.ok(Json.object().set("meta", ListQuery.texts(meta)));
    }

    private Reply deleteMetadataItem(Request r) {
        snapshots.deleteMetadata(r.caller(), r.variable("id"), r.variable("key"));
        return Reply.empty(200);
    }

    private static Reply answer(int status, ObjectNode snapshot) {
        return Reply.json(status, Json.object().set("snapshot", snapshot));
    }

    private static ObjectNode plain(Request r, Snapshot s) {
        var body = Json.object()
                .put("id", s.id())
                .put("created_at", Times.microsWithoutZone(s.createdAt()))
                .put("updated_at", s.updatedAt().map(Times::microsWithoutZone).orElse(null))
                .put("name", s.name().orElse(null))
                .put("description", s.description().orElse(null))
                .put("volume_id", s.volumeId())
                .put("status", s.status().wire())
                .put("size", s.sizeGib());
        body.set("metadata", ListQuery.texts(s.metadata()));
        if (r.microversion().atLeast("3.14"))
            body.put("group_snapshot_id", s.groupSnapshotId().orElse(null));
        if (r.microversion().atLeast("3.41")) body.put("user_id", s.userId());
        if (r.microversion().atLeast("3.65")) body.put("consumes_quota", true);
        return body;
    }

    private ObjectNode full(Request r, Snapshot s) {
        var body = plain(r, s);
        if (policy.allows(r.caller(), "volume_extension:extended_snapshot_attributes", Target.project(s.projectId())))
            body.put("os-extended-snapshot-attributes:project_id", s.projectId())
                    .put("os-extended-snapshot-attributes:progress", s.progress());
        return body;
    }
}
