package cloud.yun.compute.instanceaction;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.api.QueryTimes;
import cloud.yun.compute.instanceaction.ActionLog.Action;
import cloud.yun.compute.server.HostId;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.flow.FlowRecord;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of instance actions. The events of an action are its flows, by Nova's names, and their tasks.
public final class InstanceActionRoutes implements Part {
    private static final String ACTIONS = "/v2.1/servers/{server_id}/os-instance-actions";
    private static final String RULE = "os_compute_api:os-instance-actions:";

    private final Database db;
    private final Flows flows;
    private final Policy policy;

    public InstanceActionRoutes(Database db, Flows flows, Policy policy) {
        this.db = db;
        this.flows = flows;
        this.policy = policy;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(ACTIONS, this::list).policyOnObject(RULE + "list"),
                Route.get(ACTIONS + "/{request_id}", this::show).policyOnObject(RULE + "show"));
    }

    private Reply list(Request request) {
        var version = request.microversion();
        var page = Page.of(request);
        return db.read(tx -> {
            var server = server(tx, request, "list");
            var all = between(request, new ActionLog(tx).of(server.id()));
            int from = page.marker()
                    .filter(_ -> version.atLeast(58))
                    .map(m -> 1 + position(all, m))
                    .orElse(0);
            var shown = version.atLeast(58) ? all.subList(from, Math.min(all.size(), from + page.limit())) : all;
            var body = Json.object();
            var array = body.putArray("instanceActions");
            shown.forEach(a -> array.add(view(a, version)));
            if (version.atLeast(58) && page.limited() && from + shown.size() < all.size() && !shown.isEmpty())
                body.set(
                        "links",
                        Links.next(
                                request,
                                "servers/" + server.id() + "/os-instance-actions",
                                shown.getLast().requestId()));
            return Reply.ok(body);
        });
    }

    private static List<Action> between(Request request, List<Action> all) {
        var version = request.microversion();
        var since = version.atLeast(58) ? QueryTimes.of(request, "changes-since") : Optional.<Instant>empty();
        var before = version.atLeast(66) ? QueryTimes.of(request, "changes-before") : Optional.<Instant>empty();
        if (since.isPresent() && before.isPresent() && since.get().isAfter(before.get()))
            throw new Invalid("The value of changes-since must be less than or equal to changes-before.");
        return all.stream()
                .filter(a -> since.map(t -> !a.updatedAt().isBefore(t)).orElse(true))
                .filter(a -> before.map(t -> !a.updatedAt().isAfter(t)).orElse(true))
                .toList();
    }

    private static int position(List<Action> all, String requestId) {
        for (int i = 0; i < all.size(); i++) if (all.get(i).requestId().equals(requestId)) return i;
        throw new Invalid("marker [" + requestId + "] not found");
    }

    private Reply show(Request request) {
        var version = request.microversion();
        var id = request.variable("request_id");
        record Found(Server server, Action action) {}
        var found = db.read(tx -> {
            var server = server(tx, request, "show");
            return new Found(
                    server,
                    new ActionLog(tx)
                            .find(server.id(), id)
                            .orElseThrow(() -> new NotFound(
                                    "Action for request_id " + id + " on instance " + server.id() + " not found")));
        });
        var caller = request.caller();
        var target = Target.project(found.server().projectId());
        boolean traces = policy.allows(caller, RULE + "events", target);
        boolean details = policy.allows(caller, RULE + "events:details", target);
        var action = view(found.action(), version);
        if (traces || version.atLeast(51))
            events(action.putArray("events"), flows.ofRequest(id), new Shown(found.server(), version, traces, details));
        var body = Json.object();
        body.set("instanceAction", action);
        return Reply.ok(body);
    }

    private static void events(ArrayNode array, List<FlowRecord> flows, Shown shown) {
        for (var flow : flows) {
            if (!flow.name().startsWith("server_") || !isAbout(flow, shown.server())) continue;
            var tasks = flow.tasks().stream().map(t -> event(flow, t)).toList();
            ComputeEvents.of(flow.name())
                    .filter(name -> tasks.stream().noneMatch(e -> e.name().equals(name)))
                    .ifPresent(name -> array.add(view(whole(flow, name), flow, shown)));
            tasks.forEach(e -> array.add(view(e, flow, shown)));
        }
    }

    /// One request may make many servers, or make the volume of many servers larger.
    private static boolean isAbout(FlowRecord flow, Server server) {
        return Json.stored(flow.params()).path("serverId").asString("").equals(server.id());
    }

    /// Which of an event's fields are shown.
    private record Shown(Server server, Microversion version, boolean traces, boolean details) {}

    private record Event(
            String name,
            Optional<Instant> started,
            Optional<Instant> finished,
            boolean failed,
            Optional<String> error) {}

    private static Event event(FlowRecord flow, FlowRecord.TaskRecord task) {
        boolean failed = task.error().isPresent() || task.state().equals("REVERTED");
        return new Event(
                "compute_" + task.name().replace('-', '_'), task.startedAt(), task.finishedAt(), failed, task.error());
    }

    private static Event whole(FlowRecord flow, String name) {
        boolean failed = !FlowState.IN_FLIGHT.contains(flow.state()) && flow.state() != FlowState.SUCCESS;
        return new Event(name, Optional.of(flow.createdAt()), flow.finishedAt(), failed, flow.error());
    }

    private static ObjectNode view(Event e, FlowRecord flow, Shown shown) {
        var version = shown.version();
        var event = Json.object()
                .put("event", e.name())
                .put("start_time", e.started().map(Times::microsWithoutZone).orElse(null))
                .put("finish_time", e.finished().map(Times::microsWithoutZone).orElse(null))
                .put(
                        "result",
                        e.failed() ? "Error" : e.finished().map(_ -> "Success").orElse(null));
        if (shown.traces())
            event.put("traceback", e.error().flatMap(_ -> flow.detail()).orElse(null));
        if (version.atLeast(62)) {
            var server = shown.server();
            event.put(
                    "hostId",
                    server.host().map(h -> HostId.of(server.projectId(), h)).orElse(""));
            if (shown.traces()) event.put("host", server.host().orElse(null));
        }
        if (version.atLeast(84))
            event.put(
                    "details",
                    shown.details() ? told(flow, e) : e.failed() ? e.error().orElse(null) : null);
        return event;
    }

    /// For whoever may know about hosts: also what the log has, for instance which filter refused which host.
    private static @Nullable String told(FlowRecord flow, Event e) {
        var told = e.error().orElse(null);
        var more = e.failed() && told != null
                ? flow.detail().filter(d -> !d.isEmpty()).orElse("")
                : "";
        return told == null || more.isEmpty() || told.contains(more) ? told : told + " " + more;
    }

    /// Also of a deleted server, from microversion 2.21.
    private Server server(Tx tx, Request request, String rule) {
        var id = request.variable("server_id");
        var store = new ServerStore(tx);
        var server = (request.microversion().atLeast(21) ? store.findAny(id) : store.find(id))
                .filter(s -> visible(request.caller(), s))
                .orElseThrow(() -> new NotFound("Instance", id));
        policy.require(request.caller(), RULE + rule, Target.project(server.projectId()));
        return server;
    }

    private static boolean visible(Caller caller, Server server) {
        return caller.admin()
                || caller.project()
                        .filter(p -> p.id().equals(server.projectId()))
                        .isPresent();
    }

    private static ObjectNode view(Action a, Microversion version) {
        var action = Json.object()
                .put("action", a.action())
                .put("instance_uuid", a.serverId())
                .put("request_id", a.requestId())
                .put("user_id", a.userId())
                .put("project_id", a.projectId())
                .put("start_time", Times.microsWithoutZone(a.startedAt()))
                .put("message", a.message().orElse(null));
        if (version.atLeast(58)) action.put("updated_at", Times.microsWithoutZone(a.updatedAt()));
        return action;
    }
}
