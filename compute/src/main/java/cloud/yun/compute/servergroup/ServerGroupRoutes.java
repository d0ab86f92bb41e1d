package cloud.yun.compute.servergroup;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.servergroup.ServerGroupStore.Entry;
import cloud.yun.compute.servergroup.ServerGroups.ServerGroup;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of server groups.
public final class ServerGroupRoutes implements Part {
    private static final String ALL_PROJECTS = "os_compute_api:os-server-groups:index:all_projects";

    private static final String GROUPS = "/v2.1/os-server-groups";

    private final ServerGroupService groups;
    private final Policy policy;
    private final Supplier<UUID> ids;

    public ServerGroupRoutes(ServerGroupService groups, Policy policy, Supplier<UUID> ids) {
        this.groups = groups;
        this.policy = policy;
        this.ids = ids;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(GROUPS, this::list).policy("os_compute_api:os-server-groups:index"),
                Route.post(GROUPS, this::create)
                        .policy("os_compute_api:os-server-groups:create")
                        .schema("schema/compute/server-group-create.json")
                        .schema("schema/compute/server-group-create-2.15.json", "2.15")
                        .schema("schema/compute/server-group-create-2.64.json", "2.64"),
                Route.get(GROUPS + "/{id}", this::show).policyOnObject("os_compute_api:os-server-groups:show"),
                Route.delete(GROUPS + "/{id}", this::delete).policyOnObject("os_compute_api:os-server-groups:delete"));
    }

    private Reply list(Request request) {
        if (request.microversion().atLeast(75)) Page.only(request, Set.of("all_projects", "limit", "offset"));
        // Nova looks only whether the parameter is there, and ignores it for those who may not.
        boolean all =
                request.query("all_projects").isPresent() && request.caller().admin();
        if (all) policy.require(request.caller(), ALL_PROJECTS);
        int offset = request.query("offset")
                .filter(o -> o.matches("\\d{1,9}"))
                .map(Integer::parseInt)
                .orElse(0);
        var project =
                all ? Optional.<String>empty() : Optional.of(request.caller().projectId());
        var body = Json.object();
        var array = body.putArray("server_groups");
        for (var entry : groups.list(project, Page.of(request).limit(), offset)) array.add(view(request, entry));
        return Reply.ok(body);
    }

    private Reply create(Request request) {
        var body = request.object("server_group");
        boolean rules = request.microversion().atLeast(64);
        var group = rules
                ? body.path("policy").asString()
                : body.path("policies").path(0).asString();
        var perHost = Optional.ofNullable(body.path("rules").get("max_server_per_host"))
                .map(n -> Integer.parseInt(n.asString()));
        if (perHost.isPresent() && !group.equals("anti-affinity"))
            throw new Invalid("Only anti-affinity policy supports rules.");
        var wanted = new Entry(
                new ServerGroup(ids.get().toString(), request.caller().projectId(), group, perHost, List.of()),
                request.caller().userId(),
                body.path("name").asString().strip());
        return Reply.ok(wrapped(view(request, groups.create(request.caller(), wanted))));
    }

    private Reply show(Request request) {
        return Reply.ok(wrapped(view(request, groups.show(request.caller(), request.variable("id")))));
    }

    private Reply delete(Request request) {
        groups.delete(request.caller(), request.variable("id"));
        return Reply.noContent();
    }

    private static ObjectNode view(Request request, Entry entry) {
        var version = request.microversion();
        var group = entry.group();
        var view = Json.object().put("id", group.id()).put("name", entry.name());
        if (version.atLeast(64)) {
            view.put("policy", group.policy());
            var rules = view.putObject("rules");
            group.maxServerPerHost().ifPresent(n -> rules.put("max_server_per_host", n));
        } else {
            view.putArray("policies").add(group.policy());
            view.putObject("metadata");
        }
        var members = view.putArray("members");
        group.members().forEach(members::add);
        if (version.atLeast(13)) view.put("project_id", group.projectId()).put("user_id", entry.userId());
        return view;
    }

    private static ObjectNode wrapped(ObjectNode view) {
        var body = Json.object();
        body.set("server_group", view);
        return body;
    }
}
