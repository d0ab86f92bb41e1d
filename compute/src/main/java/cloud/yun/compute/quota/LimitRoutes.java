package cloud.yun.compute.quota;

import cloud.yun.compute.Part;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.quota.Quotas;
import java.util.List;

/// HTTP of limits: what a project may have and what it has, in one answer.
public final class LimitRoutes implements Part {
    private static final String OTHER = "os_compute_api:limits:other_project";

    private final Policy policy;
    private final QuotaService quotas;

    public LimitRoutes(Policy policy, QuotaService quotas) {
        this.policy = policy;
        this.quotas = quotas;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v2.1/limits", this::show).policy("os_compute_api:limits"));
    }

    private Reply show(Request request) {
        var project =
                request.query("tenant_id").orElseGet(() -> request.caller().projectId());
        if (!request.caller().project().map(p -> p.id().equals(project)).orElse(false))
            policy.require(request.caller(), OTHER);
        var state = quotas.of(project);
        var limits = state.limits();
        var used = state.used();
        var version = request.microversion();
        var body = Json.object();
        var outer = body.putObject("limits");
        outer.putArray("rate");
        var view = outer.putObject("absolute")
                .put("maxTotalInstances", limits.get("instances"))
                .put("maxTotalCores", limits.get("cores"))
                .put("maxTotalRAMSize", limits.get("ram"))
                .put("maxServerMeta", limits.get("metadata_items"));
        if (!version.atLeast(39)) view.put("maxImageMeta", limits.get("metadata_items"));
        if (!version.atLeast(57))
            view.put("maxPersonality", limits.get("injected_files"))
                    .put("maxPersonalitySize", limits.get("injected_file_content_bytes"));
        view.put("maxTotalKeypairs", limits.get("key_pairs"))
                .put("maxServerGroups", limits.get("server_groups"))
                .put("maxServerGroupMembers", limits.get("server_group_members"));
        if (!version.atLeast(36))
            view.put("maxTotalFloatingIps", Quotas.UNLIMITED)
                    .put("maxSecurityGroups", Quotas.UNLIMITED)
                    .put("maxSecurityGroupRules", Quotas.UNLIMITED);
        view.put("totalRAMUsed", used.get("ram"))
                .put("totalCoresUsed", used.get("cores"))
                .put("totalInstancesUsed", used.get("instances"));
        if (!version.atLeast(36)) view.put("totalFloatingIpsUsed", 0).put("totalSecurityGroupsUsed", 0);
        view.put("totalServerGroupsUsed", used.get("server_groups"));
        return Reply.ok(body);
    }
}
