package cloud.yun.blockstorage.backup;

import static java.util.Map.entry;

import cloud.yun.blockstorage.backup.BackupService.Shown;
import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.error.CloudException.Invalid;
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
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/backups`.
public final class BackupRoutes {
    private static final String ALL = "/v3/backups";
    private static final String ONE = ALL + "/{id}";
    private static final String ADMIN = "volume_extension:backup_admin_actions:";
    private static final Map<String, String> SORTS = Map.ofEntries(
            entry("id", "id"),
            entry("name", "COALESCE(name, '')"),
            entry("display_name", "COALESCE(name, '')"),
            entry("status", "status"),
            entry("size", "size_gib"),
            entry("volume_id", "volume_id"),
            entry("container", "container"),
            entry("data_timestamp", "data_timestamp"),
            entry("created_at", "created_at"),
            entry("updated_at", "COALESCE(updated_at, 0)"),
            entry("project_id", "project_id"));

    private final BackupService backups;
    private final Policy policy;

    public BackupRoutes(BackupService backups, Policy policy) {
        this.backups = backups;
        this.policy = policy;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, r -> list(r, false)).policy("backup:get_all"),
                Route.get(ALL + "/detail", r -> list(r, true)).policy("backup:get_all"),
                Route.post(ALL, this::create)
                        .policyOnObject("backup:create")
                        .schema("schema/block-storage/backup-create.json")
                        .schema("schema/block-storage/backup-create-3.43.json", "3.43")
                        .schema("schema/block-storage/backup-create-3.51.json", "3.51"),
                Route.post(ALL + "/import_record", this::importRecord)
                        .policy("backup:backup-import")
                        .schema("schema/block-storage/backup-import.json"),
                Route.get(ONE, r -> answer(200, detail(r, backups.get(r.caller(), r.variable("id")))))
                        .policyOnObject("backup:get"),
                Route.put(ONE, this::update)
                        .policyOnObject("backup:update")
                        .since("3.9")
                        .schema("schema/block-storage/backup-update.json")
                        .schema("schema/block-storage/backup-update-3.43.json", "3.43"),
                Route.delete(ONE, r -> delete(r, false)).policyOnObject("backup:delete"),
                Route.post(ONE + "/restore", this::restore)
                        .policyOnObject("backup:restore")
                        .schema("schema/block-storage/backup-restore.json"),
                Route.get(ONE + "/export_record", this::exportRecord).policyOnObject("backup:export-import"),
                Route.action(ONE + "/action", "os-reset_status", this::resetStatus)
                        .policyOnObject(ADMIN + "reset_status")
                        .schema("schema/block-storage/backup-reset_status.json"),
                Route.action(ONE + "/action", "os-force_delete", r -> delete(r, true))
                        .policyOnObject(ADMIN + "force_delete"));
    }

    private Reply list(Request r, boolean detailed) {
        var query = ListQuery.of(r, SORTS);
        boolean all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var page = backups.list(query, select -> filtered(r, query, select, all));
        var body = Json.object();
        var list = body.putArray("backups");
        page.backups().forEach(s -> list.add(detailed ? detail(r, s) : summary(r, s.backup())));
        query.addNext(
                body,
                r,
                "backups",
                page.backups().stream().map(s -> s.backup().id()).toList());
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
                case "name~" -> like(select, "name", value);
                case "status~" -> like(select, "status", value);
                case "volume_id~" -> like(select, "volume_id", value);
                default -> forAdmins(r, select, name, value);
            }
        });
        return select;
    }

    private static void like(Select select, String column, String value) {
        select.where("LOWER(" + column + ") LIKE ?", "%" + value.toLowerCase(Locale.ROOT) + "%");
    }

    private static void forAdmins(Request r, Select select, String name, String value) {
        if (!r.caller().admin()) {
            if (r.microversion().atLeast("3.31"))
                throw new Invalid("Invalid filters " + name + " are found in query options.");
            return;
        }
        switch (name) {
            case "id", "project_id", "user_id", "snapshot_id", "parent_id", "container", "availability_zone" ->
                select.where(name + " = ?", value);
            case "host" -> select.where("pool = ?", value);
            case "size" -> select.where("CAST(size_gib AS TEXT) = ?", value);
            default -> select.where("1 = 0");
        }
    }

    private Reply create(Request r) {
        var body = r.object("backup");
        var made = backups.create(
                r.caller(),
                new BackupService.Wanted(
                        Bodies.uuid(body, "volume_id").orElse(""),
                        Bodies.uuid(body, "snapshot_id"),
                        Bodies.label(body, "name", "name"),
                        Bodies.label(body, "description", "description"),
                        Bodies.text(body, "container").filter(c -> !c.isEmpty()),
                        Bodies.truth(body.path("incremental")),
                        Bodies.truth(body.path("force")),
                        Bodies.text(body, "availability_zone").filter(z -> !z.isEmpty()),
                        Bodies.texts(Bodies.objectOrEmpty(body, "metadata"))));
        return answer(202, summary(r, made));
    }

    private Reply update(Request r) {
        var body = Bodies.objectOrEmpty(r.body(), "backup");
        Bodies.label(body, "name", "name");
        Bodies.label(body, "description", "description");
        Optional<Map<String, String>> metadata =
                body.has("metadata") ? Optional.of(Bodies.texts(body.path("metadata"))) : Optional.empty();
        var changed = backups.update(
                r.caller(),
                r.variable("id"),
                Bodies.change(body, "name"),
                Bodies.change(body, "description"),
                metadata);
        return answer(200, summary(r, changed));
    }

    private Reply delete(Request r, boolean force) {
        backups.delete(r.caller(), r.variable("id"), force);
        return Reply.accepted();
    }

    private Reply restore(Request r) {
        var body = Bodies.objectOrEmpty(r.body(), "restore");
        var done = backups.restore(
                r.caller(),
                r.variable("id"),
                Bodies.uuid(body, "volume_id"),
                Bodies.label(body, "name", "name").filter(n -> !n.isEmpty()));
        var answer = Json.object();
        answer.putObject("restore")
                .put("backup_id", done.backupId())
                .put("volume_id", done.volumeId())
                .put("volume_name", done.volumeName());
        return Reply.accepted(answer);
    }

    private Reply exportRecord(Request r) {
        var url = backups.exportRecord(r.caller(), r.variable("id"));
        var body = Json.object();
        body.putObject("backup-record").put("backup_service", backups.service()).put("backup_url", url);
        return Reply.ok(body);
    }

    private Reply importRecord(Request r) {
        var body = r.object("backup-record");
        var made = backups.importRecord(
                r.caller(),
                Bodies.text(body, "backup_service").orElse(""),
                Bodies.text(body, "backup_url").orElse(""));
        return answer(201, summary(r, made));
    }

    private Reply resetStatus(Request r) {
        var wire = Bodies.text(r.object("os-reset_status"), "status").orElse("");
        var status = BackupStatus.of(wire.toLowerCase(Locale.ROOT))
                .filter(s -> s == BackupStatus.AVAILABLE || s == BackupStatus.ERROR)
                .orElseThrow(() -> new Invalid("Invalid input for field/attribute status. Value: " + wire
                        + ". Backup status: " + wire + " is invalid, valid statuses are: ('available', 'error')."));
        backups.resetStatus(r.caller(), r.variable("id"), status);
        return Reply.accepted();
    }

    private static Reply answer(int status, ObjectNode backup) {
        return Reply.json(status, Json.object().set("backup", backup));
    }

    private static ObjectNode summary(Request r, Backup b) {
        var body = Json.object().put("id", b.id()).put("name", b.name().orElse(null));
        ListQuery.addLinks(body, r, "backups", b.id());
        return body;
    }

    private ObjectNode detail(Request r, Shown shown) {
        var b = shown.backup();
        var body = Json.object()
                .put("id", b.id())
                .put("status", b.status().wire())
                .put("size", b.sizeGib())
                .put("object_count", b.objectCount())
                .put("availability_zone", b.zone())
                .put("container", b.key().container())
                .put("created_at", Times.microsWithoutZone(b.createdAt()))
                .put("updated_at", b.updatedAt().map(Times::microsWithoutZone).orElse(null))
                .put("name", b.name().orElse(null))
                .put("description", b.description().orElse(null))
                .put("fail_reason", b.failReason().orElse(null))
                .put("volume_id", b.volumeId());
        ListQuery.addLinks(body, r, "backups", b.id());
        body.put("is_incremental", b.parentId().isPresent())
                .put("has_dependent_backups", shown.dependent())
                .put("snapshot_id", b.snapshotId().orElse(null))
                .put("data_timestamp", Times.microsWithoutZone(b.dataTimestamp()));
        var version = r.microversion();
        if (version.atLeast("3.43")) body.set("metadata", ListQuery.texts(b.metadata()));
        boolean attributes =
                policy.allows(r.caller(), "backup:backup_project_attribute", Target.project(b.projectId()));
        if (version.atLeast("3.18") && attributes) body.put("os-backup-project-attr:project_id", b.projectId());
        if (version.atLeast("3.56") && attributes) body.put("user_id", b.userId());
        return body;
    }
}
