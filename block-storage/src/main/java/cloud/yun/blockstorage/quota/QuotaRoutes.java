package cloud.yun.blockstorage.quota;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `os-quota-sets`, `os-quota-class-sets` and `limits`.
public final class QuotaRoutes {
    private static final String SETS = "/v3/os-quota-sets/{project}";
    private static final String CLASSES = "/v3/os-quota-class-sets/{class}";
    private static final List<String> BY_TYPE = List.of("volumes", "gigabytes", "snapshots");

    private final Database db;
    private final Policy policy;
    private final VolumeQuota quota;

    public QuotaRoutes(Database db, Policy policy, VolumeQuota quota) {
        this.db = db;
        this.policy = policy;
        this.quota = quota;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(SETS, this::show).policyOnObject("volume_extension:quotas:show"),
                Route.get(SETS + "/defaults", this::defaults).policyOnObject("volume_extension:quotas:show"),
                Route.put(SETS, this::update)
                        .policyOnObject("volume_extension:quotas:update")
                        .schema("schema/block-storage/quota-set.json"),
                Route.delete(SETS, this::delete).policyOnObject("volume_extension:quotas:delete"),
                Route.get(CLASSES, this::showClass).policy("volume_extension:quota_classes:get"),
                Route.put(CLASSES, this::updateClass)
                        .policy("volume_extension:quota_classes:update")
                        .schema("schema/block-storage/quota-class-set.json"),
                Route.get("/v3/limits", this::limits).policy("limits_extension:used_limits"));
    }

    /// @return resource as the API names it to its name in the counters: by type the name, and the type's id
    private Map<String, String> resources() {
        var names = new LinkedHashMap<String, String>();
        var types = db.read(tx -> new TypeStore(tx).all()).reversed();
        for (var name : quota.quotas().defaults().keySet()) {
            if (name.equals("groups")) addTypes(names, types);
            names.put(name, name);
        }
        return names;
    }

    private static void addTypes(Map<String, String> names, List<VolumeType> types) {
        for (var type : types) for (var name : BY_TYPE) names.put(name + "_" + type.name(), name + "_" + type.id());
    }

    private Reply show(Request r) {
        var project = r.variable("project");
        policy.require(r.caller(), "volume_extension:quotas:show", Target.project(project));
        var limits = db.read(tx -> quota.quotas().limits(tx, project));
        var body = Json.object();
        var set = body.putObject("quota_set").put("id", project);
        if (!ListQuery.flag(r, "usage")) {
            resources().forEach((shown, kept) -> set.put(shown, limits.getOrDefault(kept, -1L)));
            return Reply.ok(body);
        }
        var usage = db.read(tx -> quota.quotas().usage(tx, project));
        resources()
                .forEach((shown, kept) -> set.putObject(shown)
                        .put("limit", limits.getOrDefault(kept, -1L))
                        .put("in_use", usage.getOrDefault(kept, 0L))
                        .put("reserved", 0)
                        .put("allocated", 0));
        return Reply.ok(body);
    }

    private Reply defaults(Request r) {
        policy.require(r.caller(), "volume_extension:quotas:show", Target.project(r.variable("project")));
        var limits = db.read(tx -> quota.quotas().limits(tx, ""));
        var body = Json.object();
        var set = body.putObject("quota_set").put("id", r.variable("project"));
        resources().forEach((shown, kept) -> set.put(shown, limits.getOrDefault(kept, -1L)));
        return Reply.ok(body);
    }

    private Reply update(Request r) {
        var project = r.variable("project");
        policy.require(r.caller(), "volume_extension:quotas:update", Target.project(project));
        return Reply.ok(set(project, r.object("quota_set"), "quota_set", true));
    }

    private Reply showClass(Request r) {
        var limits = db.read(tx -> quota.quotas().limits(tx, ""));
        var body = Json.object();
        var set = body.putObject("quota_class_set");
        resources().forEach((shown, kept) -> set.put(shown, limits.getOrDefault(kept, -1L)));
        set.put("id", r.variable("class"));
        return Reply.ok(body);
    }

    /// Only the class `default` has a meaning: the limits of every project without its own.
    private Reply updateClass(Request r) {
        if (!r.variable("class").equals("default"))
            throw new Invalid("Invalid input received: only the quota class default can be changed.");
        return Reply.ok(set("", r.object("quota_class_set"), "quota_class_set", false));
    }

    private JsonNode set(String project, JsonNode wanted, String key, boolean strict) {
        var names = resources();
        var bad = new ArrayList<String>();
        var limits = new LinkedHashMap<String, Long>();
        wanted.propertyStream().forEach(e -> {
            if (e.getKey().equals("tenant_id")
                    || e.getKey().equals("id")
                    || e.getKey().equals("force")) return;
            var kept = names.get(e.getKey());
            if (kept == null) bad.add(e.getKey());
            else limits.put(kept, limit(e.getKey(), e.getValue()));
        });
        if (!bad.isEmpty() && strict)
            throw new Invalid("Invalid input received: Bad key(s) in quota set: " + String.join(", ", bad));
        var all = db.transaction(tx -> {
            limits.forEach((resource, limit) -> quota.quotas().setLimit(tx, project, resource, limit));
            return quota.quotas().limits(tx, project);
        });
        var body = Json.object();
        var set = body.putObject(key);
        names.forEach((shown, kept) -> set.put(shown, all.getOrDefault(kept, -1L)));
        return body;
    }

    private static long limit(String name, JsonNode value) {
        try {
            long limit = value.isString() ? Long.parseLong(value.asString("").strip()) : value.longValue();
            if (!value.isString() && !value.isIntegralNumber()) throw new Invalid(name + " must be an integer");
            if (limit < -1) throw new Invalid(name + " must be >= -1");
            if (limit > Integer.MAX_VALUE) throw new Invalid(name + " must be <= 2147483647");
            return limit;
        } catch (NumberFormatException e) {
            throw new Invalid(name + " must be an integer");
        }
    }

    private Reply delete(Request r) {
        var project = r.variable("project");
        policy.require(r.caller(), "volume_extension:quotas:delete", Target.project(project));
        db.write(tx -> quota.quotas().clearLimits(tx, project));
        return Reply.empty(200);
    }

    private Reply limits(Request r) {
        var project = r.query("project_id")
                .filter(_ -> r.caller().admin())
                .orElseGet(() -> r.caller().projectId());
        var limits = db.read(tx -> quota.quotas().limits(tx, project));
        var usage = db.read(tx -> quota.quotas().usage(tx, project));
        var body = Json.object();
        var found = body.putObject("limits");
        found.putArray("rate");
        found.putObject("absolute")
                .put("maxTotalVolumes", limits.getOrDefault("volumes", -1L))
                .put("maxTotalSnapshots", limits.getOrDefault("snapshots", -1L))
                .put("maxTotalVolumeGigabytes", limits.getOrDefault("gigabytes", -1L))
                .put("maxTotalBackups", limits.getOrDefault("backups", -1L))
                .put("maxTotalBackupGigabytes", limits.getOrDefault("backup_gigabytes", -1L))
                .put("totalVolumesUsed", usage.getOrDefault("volumes", 0L))
                .put("totalGigabytesUsed", usage.getOrDefault("gigabytes", 0L))
                .put("totalSnapshotsUsed", usage.getOrDefault("snapshots", 0L))
                .put("totalBackupsUsed", usage.getOrDefault("backups", 0L))
                .put("totalBackupGigabytesUsed", usage.getOrDefault("backup_gigabytes", 0L));
        return Reply.ok(body);
    }
}
