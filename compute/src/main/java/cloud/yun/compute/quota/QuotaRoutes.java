package cloud.yun.compute.quota;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import cloud.yun.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of quota sets (a project's limits) and quota classes (everybody's).
public final class QuotaRoutes implements Part {
    /// Beside upstream's admin, ours of a project, for that project.
    private static final String ADMINS = ComputePolicy.ADMIN + " or (role:project_admin and project_id:%(project_id)s)";

    /// What differs from upstream's rules of this resource.
    public static final Map<String, String> RULES =
            Map.of("os_compute_api:os-quota-sets:update", ADMINS, "os_compute_api:os-quota-sets:delete", ADMINS);

    private static final String SETS = "/v2.1/os-quota-sets/{project}";
    private static final String CLASSES = "/v2.1/os-quota-class-sets/{name}";
    /// Nova's only class with an effect: the limits of projects without limits of their own.
    private static final String DEFAULT_CLASS = "default";

    /// API name to ours, in the API's order. An empty one is network's, which answers for it: no limit here.
    private static final Map<String, String> NAMES = names();

    private final Policy policy;
    private final QuotaService quotas;

    public QuotaRoutes(Policy policy, QuotaService quotas) {
        this.policy = policy;
        this.quotas = quotas;
    }

    private static Map<String, String> names() {
        var names = new LinkedHashMap<String, String>();
        names.put("cores", "cores");
        names.put("fixed_ips", "");
        names.put("floating_ips", "");
        names.put("injected_file_content_bytes", "injected_file_content_bytes");
        names.put("injected_file_path_bytes", "injected_file_path_length");
        names.put("injected_files", "injected_files");
        names.put("instances", "instances");
        names.put("key_pairs", "key_pairs");
        names.put("metadata_items", "metadata_items");
        names.put("ram", "ram");
        names.put("security_group_rules", "");
        names.put("security_groups", "");
        names.put("server_group_members", "server_group_members");
        names.put("server_groups", "server_groups");
        return names;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(SETS, this::show).policyOnObject("os_compute_api:os-quota-sets:show"),
                Route.get(SETS + "/detail", this::detail).policyOnObject("os_compute_api:os-quota-sets:detail"),
                Route.get(SETS + "/defaults", this::defaults).policy("os_compute_api:os-quota-sets:defaults"),
                Route.put(SETS, this::update)
                        .policyOnObject("os_compute_api:os-quota-sets:update")
                        .schema("schema/compute/quota-update.json")
                        .schema("schema/compute/quota-update-2.36.json", "2.36")
                        .schema("schema/compute/quota-update-2.57.json", "2.57"),
                Route.delete(SETS, this::delete).policyOnObject("os_compute_api:os-quota-sets:delete"),
                Route.get(CLASSES, this::showClass).policy("os_compute_api:os-quota-class-sets:show"),
                Route.put(CLASSES, this::updateClass)
                        .policy("os_compute_api:os-quota-class-sets:update")
                        .schema("schema/compute/quota-class-update.json")
                        .schema("schema/compute/quota-class-update-2.50.json", "2.50")
                        .schema("schema/compute/quota-class-update-2.57.json", "2.57"));
    }

    private static boolean shown(Microversion version, String name) {
        if (NAMES.getOrDefault(name, "").isEmpty()) return !version.atLeast(36);
        return !name.startsWith("injected") || !version.atLeast(57);
    }

    private static ObjectNode view(Request request, Map<String, Long> limits) {
        var view = Json.object();
        NAMES.forEach((name, ours) -> {
            if (shown(request.microversion(), name)) view.put(name, limits.getOrDefault(ours, Quotas.UNLIMITED));
        });
        return view;
    }

    private Reply show(Request request) {
        var project = request.variable("project");
        policy.require(request.caller(), "os_compute_api:os-quota-sets:show", Target.project(project));
        return Reply.ok(set(project, view(request, state(request, project).limits())));
    }

    /// Of the user that the query names, else of the project.
    private QuotaService.State state(Request request, String project) {
        return user(request).map(u -> quotas.of(project, u)).orElseGet(() -> quotas.of(project));
    }

    private static Optional<String> user(Request request) {
        return request.query("user_id").filter(u -> !u.isEmpty());
    }

    private Reply defaults(Request request) {
        // Project "": what nobody has changed for a project of its own.
        return Reply.ok(
                set(request.variable("project"), view(request, quotas.of("").limits())));
    }

    private Reply detail(Request request) {
        var project = request.variable("project");
        policy.require(request.caller(), "os_compute_api:os-quota-sets:detail", Target.project(project));
        var view = Json.object();
        var state = state(request, project);
        NAMES.forEach((name, ours) -> {
            if (shown(request.microversion(), name))
                view.putObject(name)
                        .put("in_use", state.used().getOrDefault(ours, 0L))
                        .put("limit", state.limits().getOrDefault(ours, Quotas.UNLIMITED))
                        .put("reserved", 0);
        });
        return Reply.ok(set(project, view));
    }

    private Reply update(Request request) {
        var project = request.variable("project");
        policy.require(request.caller(), "os_compute_api:os-quota-sets:update", Target.project(project));
        var body = request.object("quota_set");
        boolean force =
                body.path("force").asString("false").toLowerCase(Locale.ROOT).matches("true|1|on|yes|t|y");
        var wanted = wanted(body, false);
        var limits = user(request)
                .map(u -> quotas.set(project, u, wanted, force))
                .orElseGet(() -> quotas.set(project, wanted, force));
        var reply = Json.object();
        reply.set("quota_set", view(request, limits));
        return Reply.ok(reply);
    }

    /// By our names; what is network's is accepted and has no effect, as in Nova, which a class yet remembers.
    private static Map<String, Long> wanted(ObjectNode body, boolean ofClass) {
        var wanted = new LinkedHashMap<String, Long>();
        NAMES.forEach((name, ours) -> {
            if (body.has(name) && (ofClass || !ours.isEmpty()))
                wanted.put(
                        ours.isEmpty() ? name : ours,
                        Long.valueOf(body.path(name).asString()));
        });
        return wanted;
    }

    private Reply delete(Request request) {
        var project = request.variable("project");
        policy.require(request.caller(), "os_compute_api:os-quota-sets:delete", Target.project(project));
        user(request).ifPresentOrElse(u -> quotas.clear(project, u), () -> quotas.clear(project));
        return Reply.accepted();
    }

    private static String project(String quotaClass) {
        return quotaClass.equals(DEFAULT_CLASS) ? "" : "class:" + quotaClass;
    }

    private Reply showClass(Request request) {
        var name = request.variable("name");
        var view = classView(request, quotas.of(project(name)).limits());
        view.put("id", name);
        return Reply.ok(classBody(view));
    }

    private Reply updateClass(Request request) {
        var name = request.variable("name");
        var body = request.object("quota_class_set");
        var limits = quotas.set(project(name), wanted(body, true), true);
        return Reply.ok(classBody(classView(request, limits)));
    }

    /// Quota classes dropped the network's resources, and gained server groups, only with 2.50.
    private static ObjectNode classView(Request request, Map<String, Long> limits) {
        var view = Json.object();
        boolean old = !request.microversion().atLeast(50);
        NAMES.forEach((name, ours) -> {
            boolean absent = ours.isEmpty() ? !old : name.startsWith("server_group") && old;
            boolean injected =
                    name.startsWith("injected") && request.microversion().atLeast(57);
            if (!absent && !injected)
                view.put(name, limits.getOrDefault(ours.isEmpty() ? name : ours, Quotas.UNLIMITED));
        });
        return view;
    }

    private static ObjectNode classBody(ObjectNode view) {
        var body = Json.object();
        body.set("quota_class_set", view);
        return body;
    }

    private static ObjectNode set(String project, ObjectNode view) {
        var body = Json.object();
        body.set("quota_set", view.put("id", project));
        return body;
    }
}
