package cloud.yun.app;

import cloud.yun.identity.Enrolment;
import cloud.yun.identity.Standing;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.FlowRecord;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.simulation.Conditions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Yun's own API beside OpenStack's, for operators: flows, the invariant check, events, routes,
/// and how well a simulated host works.
final class AdminRoom implements Room {
    private static final int LIMIT_MAX = 1000;

    private final Flows flows;
    private final Events events;
    private final List<Room> rooms;
    private final SimulatedRoutes simulated;
    private final RightsRoutes rights;
    private final EnrolmentRoutes enrolment;
    private final Policy policy;

    /// @param conditions of simulated drivers, if they are
    AdminRoom(
            Flows flows,
            Events events,
            List<Room> rooms,
            Optional<Conditions> conditions,
            Standing standing,
            Enrolment enrolment,
            Path data) {
        this.flows = flows;
        this.events = events;
        this.rooms = List.copyOf(rooms);
        this.simulated = new SimulatedRoutes(conditions);
        var rules = new HashMap<>(Map.of(
                "yun:flows:list", "role:admin",
                "yun:flows:show", "role:admin",
                "yun:flows:retry", "role:admin",
                "yun:check", "role:admin",
                "yun:events:list", "role:admin",
                "yun:routes:list", "role:admin"));
        rules.putAll(SimulatedRoutes.rules());
        rules.putAll(RightsRoutes.rules());
        rules.putAll(PolicyRoutes.rules());
        rules.putAll(EnrolmentRoutes.rules());
        this.policy = new Policy(rules, Optional.of(data.resolve("yun/policy.yaml")));
        this.enrolment = new EnrolmentRoutes(enrolment);
        this.rights = new RightsRoutes(new EffectiveRights(rooms), standing, policy);
    }

    @Override
    public ApiService service() {
        return new ApiService("yun", "/yun", List.of(), FaultDialect.YUN, Optional.empty());
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Route> routes() {
        var routes = new ArrayList<>(simulated.routes());
        routes.addAll(rights.routes());
        routes.addAll(enrolment.routes());
        routes.addAll(new PolicyRoutes(rooms).routes());
        routes.addAll(List.of(
                Route.get("/", _ -> Reply.ok(Json.object().put("name", "yun").put("version", "v1")))
                        .open(),
                Route.get("/v1/flows", this::listFlows).policy("yun:flows:list"),
                Route.get("/v1/flows/{id}", this::showFlow).policy("yun:flows:show"),
                Route.post("/v1/flows/{id}/retry", this::retryFlow).policy("yun:flows:retry"),
                Route.get("/v1/check", _ -> check()).policy("yun:check"),
                Route.get("/v1/events", this::listEvents).policy("yun:events:list"),
                Route.get("/v1/routes", _ -> listRoutes()).policy("yun:routes:list")));
        return List.copyOf(routes);
    }

    private Reply listFlows(Request request) {
        var answer = Json.object();
        var list = answer.putArray("flows");
        List<FlowRecord> found;
        if (request.query("request_id").isPresent())
            found = flows.ofRequest(request.query("request_id").get());
        else if (request.query("resource_id").isPresent())
            found = flows.ofResource(request.query("resource_id").get());
        else found = flows.list(state(request), request.query("marker"), limit(request));
        found.forEach(f -> list.add(flow(f)));
        return Reply.ok(answer);
    }

    private static Optional<FlowState> state(Request request) {
        return request.query("state").map(s -> {
            try {
                return FlowState.valueOf(s.toUpperCase(java.util.Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new Invalid("There is no flow state '" + s + "'.");
            }
        });
    }

    private static int limit(Request request) {
        return request.query("limit")
                .map(l -> {
                    try {
                        return Math.clamp(Long.parseLong(l), 1, LIMIT_MAX);
                    } catch (NumberFormatException e) {
                        throw new Invalid("limit must be a number.");
                    }
                })
                .orElse(LIMIT_MAX);
    }

    private Reply showFlow(Request request) {
        var id = request.variable("id");
        var found = flows.find(id).orElseThrow(() -> new NotFound("Flow", id));
        var answer = Json.object();
        answer.set("flow", flow(found));
        return Reply.ok(answer);
    }

    private Reply retryFlow(Request request) {
        flows.retry(request.variable("id"));
        return Reply.accepted();
    }

    private static ObjectNode flow(FlowRecord f) {
        var node = Json.object()
                .put("id", f.id())
                .put("name", f.name())
                .put("state", f.state().name())
                .put("resource_id", f.origin().resourceId())
                .put("project_id", f.origin().projectId())
                .put("user_id", f.origin().userId())
                .put("request_id", f.origin().requestId())
                .put("error", f.error().orElse(null))
                .put("detail", f.detail().orElse(null))
                .put("created_at", Times.micros(f.createdAt()))
                .put("finished_at", f.finishedAt().map(Times::micros).orElse(null));
        var tasks = node.putArray("tasks");
        for (var t : f.tasks())
            tasks.addObject()
                    .put("name", t.name())
                    .put("state", t.state())
                    .put("started_at", t.startedAt().map(Times::micros).orElse(null))
                    .put("finished_at", t.finishedAt().map(Times::micros).orElse(null))
                    .put("reverted_at", t.revertedAt().map(Times::micros).orElse(null))
                    .put("error", t.error().orElse(null));
        return node;
    }

    /// 200 with the violations; an empty list means that database and hosts agree.
    private Reply check() {
        var answer = Json.object();
        var list = answer.putArray("invariants");
        int violations = 0;
        for (var room : rooms)
            for (Invariant invariant : room.invariants()) {
                var found = invariant.violations();
                violations += found.size();
                var node = list.addObject().put("name", invariant.name()).put("holds", found.isEmpty());
                var texts = node.putArray("violations");
                found.forEach(texts::add);
            }
        answer.put("violations", violations);
        return Reply.ok(answer);
    }

    private Reply listEvents(Request request) {
        long after;
        try {
            after = Long.parseLong(request.query("after").orElse("0"));
        } catch (NumberFormatException e) {
            throw new Invalid("after must be the sequence number of an event.");
        }
        var answer = Json.object();
        var list = answer.putArray("events");
        for (var e : events.after(after, limit(request))) {
            var node = list.addObject()
                    .put("sequence", e.sequence())
                    .put("event_type", e.type())
                    .put("project_id", e.projectId())
                    .put("resource_id", e.resourceId())
                    .put("request_id", e.requestId())
                    .put("timestamp", Times.micros(e.at()));
            node.set("payload", e.payload());
        }
        return Reply.ok(answer);
    }

    private Reply listRoutes() {
        var answer = Json.object();
        var list = answer.putArray("routes");
        for (var room : rooms)
            for (var r : room.routes())
                list.addObject()
                        .put("service", room.service().type())
                        .put("method", r.method())
                        .put("path", room.service().mount() + r.path())
                        .put("action", r.action().orElse(null))
                        .put("rule", r.rule().orElse(null))
                        .put("access", r.access().name())
                        .put("from", r.from().map(Object::toString).orElse(null))
                        .put("to", r.to().map(Object::toString).orElse(null));
        return Reply.ok(answer);
    }
}
