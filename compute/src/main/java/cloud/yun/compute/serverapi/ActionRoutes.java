package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.lifecycle.PowerActions;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// HTTP of `POST /servers/ID/action`.
final class ActionRoutes implements Part {
    private static final String ACTION = "/v2.1/servers/{server_id}/action";
    private static final long CONSOLE_BYTES_MAX = 102_400;

    private final ServerAccess access;
    private final PowerActions actions;
    private final ServerRoutes servers;
    private final Agents agents;
    private final Clock clock;

    ActionRoutes(ServerAccess access, PowerActions actions, ServerRoutes servers, Agents agents, Clock clock) {
        this.access = access;
        this.actions = actions;
        this.servers = servers;
        this.agents = agents;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                power("os-start", "servers:start", TaskState.Event.START),
                power("os-stop", "servers:stop", TaskState.Event.STOP),
                power("pause", "os-pause-server:pause", TaskState.Event.PAUSE),
                power("unpause", "os-pause-server:unpause", TaskState.Event.UNPAUSE),
                power("suspend", "os-suspend-server:suspend", TaskState.Event.SUSPEND),
                power("resume", "os-suspend-server:resume", TaskState.Event.RESUME),
                Route.action(ACTION, "reboot", this::reboot)
                        .policyOnObject(rule("servers:reboot"))
                        .schema("schema/compute/server-reboot.json"),
                Route.action(ACTION, "lock", this::lock)
                        .policyOnObject(rule("os-lock-server:lock"))
                        .schema("schema/compute/server-lock-2.73.json", "2.73"),
                Route.action(ACTION, "unlock", this::unlock).policyOnObject(rule("os-lock-server:unlock")),
                Route.action(ACTION, "os-resetState", this::resetState)
                        .policyOnObject(rule("os-admin-actions:reset_state"))
                        .schema("schema/compute/server-reset-state.json"),
                Route.action(ACTION, "injectNetworkInfo", r -> acknowledge(r, "os-admin-actions:inject_network_info"))
                        .policyOnObject(rule("os-admin-actions:inject_network_info")),
                Route.action(ACTION, "forceDelete", servers::forceDelete)
                        .policyOnObject(rule("os-deferred-delete:force")),
                Route.action(ACTION, "restore", this::restore).policyOnObject(rule("os-deferred-delete:restore")),
                Route.action(ACTION, "os-getConsoleOutput", this::console)
                        .policyOnObject(rule("os-console-output"))
                        .schema("schema/compute/server-console-output.json"));
    }

    private static String rule(String name) {
        return ComputePolicy.PREFIX + name;
    }

    private Route power(String name, String rule, TaskState.Event event) {
        return Route.action(ACTION, name, r -> begin(r, rule, event)).policyOnObject(rule(rule));
    }

    private Reply begin(Request request, String rule, TaskState.Event event) {
        access.change(request.caller(), request.variable("server_id"), rule, (tx, server) -> {
            actions.begin(tx, server, event, request.caller());
            return server;
        });
        return Reply.accepted();
    }

    private Reply reboot(Request request) {
        boolean hard = request.object("reboot")
                .path("type")
                .asString()
                .toUpperCase(Locale.ROOT)
                .equals("HARD");
        return begin(request, "servers:reboot", hard ? TaskState.Event.REBOOT_HARD : TaskState.Event.REBOOT_SOFT);
    }

    /// An owner does not weaken an admin's lock; an admin's lock replaces an owner's.
    private Reply lock(Request request) {
        var reason = CreateRequest.text(request.body().path("lock"), "locked_reason");
        access.changeLocked(request.caller(), request.variable("server_id"), "os-lock-server:lock", (tx, server) -> {
            var who = owns(request.caller(), server) ? "owner" : "admin";
            if (server.locked() && who.equals("owner")) return server;
            new ServerStore(tx).lockedBy(server, Optional.of(who), reason, clock.instant());
            log(tx, server, "lock", request.caller());
            return server;
        });
        return Reply.accepted();
    }

    private Reply unlock(Request request) {
        var caller = request.caller();
        access.changeLocked(caller, request.variable("server_id"), "os-lock-server:unlock", (tx, server) -> {
            var mine = owns(caller, server) ? "owner" : "admin";
            if (server.lockedBy().filter(by -> !by.equals(mine)).isPresent())
                access.policy()
                        .require(caller, rule("os-lock-server:unlock:unlock_override"), ServerAccess.target(server));
            new ServerStore(tx).lockedBy(server, Optional.empty(), Optional.empty(), clock.instant());
            log(tx, server, "unlock", caller);
            return server;
        });
        return Reply.accepted();
    }

    private static boolean owns(Caller caller, Server server) {
        return caller.project().map(p -> p.id().equals(server.projectId())).orElse(false);
    }

    private Reply resetState(Request request) {
        boolean active =
                request.object("os-resetState").path("state").asString().equals("active");
        access.changeLocked(
                request.caller(), request.variable("server_id"), "os-admin-actions:reset_state", (tx, server) -> {
                    new ServerStore(tx)
                            .end(
                                    server,
                                    active ? VmState.Event.RESET_TO_ACTIVE : VmState.Event.RESET_TO_ERROR,
                                    server.powerState(),
                                    clock.instant());
                    log(tx, server, "os-resetState", request.caller());
                    return server;
                });
        return Reply.accepted();
    }

    /// There are no soft-deleted servers here, so there is never one to restore.
    private Reply restore(Request request) {
        access.change(request.caller(), request.variable("server_id"), "os-deferred-delete:restore", (_, server) -> {
            throw new Conflict("Cannot 'restore' instance " + server.id() + " while it is in vm_state "
                    + server.vmState().wire());
        });
        return Reply.accepted();
    }

    /// The guest asks for its network data when it wants it.
    private Reply acknowledge(Request request, String rule) {
        access.change(request.caller(), request.variable("server_id"), rule, (_, server) -> server);
        return Reply.accepted();
    }

    private Reply console(Request request) {
        var length = CreateRequest.text(request.body().path("os-getConsoleOutput"), "length")
                .map(Integer::parseInt)
                .orElse(-1);
        var id = request.variable("server_id");
        var server = access.read(request.caller(), id, "os-console-output", (_, s) -> s);
        if (server.vmState() == VmState.BUILDING || server.host().isEmpty())
            throw new Conflict("Instance " + id + " is not ready");
        String text;
        try {
            text = agents.consoleLog(server.host().get(), id, CONSOLE_BYTES_MAX);
        } catch (Unavailable e) {
            throw new NotFound("Unable to get console");
        }
        return Reply.ok(Json.object().put("output", length < 0 ? text : tail(text, length)));
    }

    private static String tail(String text, int lines) {
        if (lines == 0) return "";
        // A newline at the end counts as the beginning of one more line, as in Nova.
        var all = List.of(text.split("\n", -1));
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    private void log(Tx tx, Server server, String action, Caller caller) {
        new ActionLog(tx).begin(server, caller, action, clock.instant());
    }
}
