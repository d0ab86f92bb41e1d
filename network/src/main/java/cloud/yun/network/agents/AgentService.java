package cloud.yun.network.agents;

import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.NetworkOptions;
import cloud.yun.network.agents.AgentStore.Agent;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Crud;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Values;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Agents as admins see them. Nobody creates one: an agent is there because it reported.
public final class AgentService implements Crud {
    public static final Shape SHAPE = new Shape(
            "agent",
            "agents",
            "AgentNotFound",
            "Agent %s could not be found.",
            shown("id").column("id"),
            shown("agent_type").column("agent_type"),
            shown("binary").column("binary_name"),
            shown("topic").column("topic"),
            shown("host").column("host"),
            of("admin_state_up", Values.bool()).onlyPut().flag("admin_state_up"),
            shown("created_at").number("created_at"),
            shown("started_at").number("started_at"),
            shown("heartbeat_timestamp").number("heartbeat_at"),
            of("description", Values.orNull(Values.text(255))).onlyPut().column("description"),
            shown("configurations"),
            shown("alive"),
            shown("availability_zone"),
            shown("resources_synced"));

    private final Common common;

    public AgentService(Common common) {
        this.common = common;
    }

    @Override
    public Shape shape() {
        return SHAPE;
    }

    /// The routes of agents that the five of every resource do not cover, and no POST.
    public List<Route> routes(List<Route> usual) {
        var all = new java.util.ArrayList<>(
                usual.stream().filter(r -> !r.method().equals("POST")).toList());
        all.add(Route.get("/v2.0/networks/{id}/dhcp-agents", this::ofNetwork).policyOnObject("get_dhcp-agents"));
        all.add(Route.get("/v2.0/routers/{id}/l3-agents", this::ofRouter).policyOnObject("get_l3-agents"));
        return all;
    }

    private Reply ofNetwork(Request request) {
        common.guard().require(request.caller(), "get_dhcp-agents", Target.NONE);
        return agents(store -> store.servingDhcp(request.variable("id")));
    }

    private Reply ofRouter(Request request) {
        common.guard().require(request.caller(), "get_l3-agents", Target.NONE);
        return agents(store -> store.servingRouter(request.variable("id")));
    }

    private Reply agents(Function<AgentStore, List<Agent>> question) {
        var body = Json.object();
        var array = body.putArray("agents");
        common.db().read(tx -> question.apply(new AgentStore(tx))).forEach(a -> array.add(render(a)));
        return Reply.ok(body);
    }

    @Override
    public List<ObjectNode> create(Caller caller, List<Draft> drafts) {
        throw new Refused(405, "An agent reports itself.", "HTTPMethodNotAllowed");
    }

    @Override
    public ObjectNode show(Caller caller, String id) {
        return common.db().read(tx -> render(visible(tx, caller, id)));
    }

    /// For others than admins the list is empty, as in Neutron, which hides what it does not show.
    @Override
    public List<ObjectNode> list(Caller caller, ListQuery query) {
        if (!common.guard().sees(caller, SHAPE, Target.NONE)) return List.of();
        return common.db()
                .read(tx -> new AgentStore(tx)
                        .list(query).stream().map(this::render).toList());
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.NONE);
            new AgentStore(tx)
                    .update(
                            id,
                            changes.path("admin_state_up").asBoolean(seen.adminStateUp()),
                            changes.has("description")
                                    ? Optional.ofNullable(
                                            changes.path("description").asString(null))
                                    : seen.description());
            return render(new AgentStore(tx).find(id).orElseThrow());
        });
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.NONE);
            new AgentStore(tx).delete(seen.id());
        });
    }

    private Agent visible(Tx tx, Caller caller, String id) {
        var agent = new AgentStore(tx).find(id).orElseThrow(() -> SHAPE.notFound(id));
        if (!common.guard().sees(caller, SHAPE, Target.NONE)) throw SHAPE.notFound(id);
        return agent;
    }

    private ObjectNode render(Agent a) {
        var down = common.now().minusSeconds(common.config().get(NetworkOptions.AGENT_DOWN_TIME));
        var object = Json.object()
                .put("id", a.id())
                .put("agent_type", a.type())
                .put("binary", a.binary())
                .put("topic", a.topic())
                .put("host", a.host())
                .put("admin_state_up", a.adminStateUp())
                .put("created_at", spaced(a.createdAt()))
                .put("started_at", spaced(a.startedAt()))
                .put("heartbeat_timestamp", spaced(a.heartbeatAt()))
                .put("description", a.description().orElse(null))
                .putNull("resources_synced");
        object.put(
                "availability_zone",
                a.type().equals(AgentStore.DHCP) || a.type().equals(AgentStore.L3) ? "nova" : null);
        object.put("alive", a.heartbeatAt().isAfter(down));
        object.set("configurations", a.configurations());
        return object;
    }

    /// `2026-11-20 06:29:50`: agents are the only ones whom Neutron shows so.
    private static String spaced(Instant time) {
        return Times.secondsWithoutZone(time).replace('T', ' ');
    }
}
