package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// HTTP of what is asked of a running guest: a new password, a crash dump. And of what nobody does any more.
final class GuestRoutes implements Part {
    private static final String ACTION = "/v2.1/servers/{server_id}/action";
    private static final Set<VmState> CRASHABLE = Set.of(VmState.ACTIVE, VmState.PAUSED, VmState.ERROR);

    private final ServerAccess access;
    private final Agents agents;
    private final Clock clock;

    GuestRoutes(ServerAccess access, Agents agents, Clock clock) {
        this.access = access;
        this.agents = agents;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        var prefix = ComputePolicy.PREFIX;
        return List.of(
                Route.action(ACTION, "changePassword", this::changePassword)
                        .policyOnObject(prefix + "os-admin-password")
                        .schema("schema/compute/server-change-password.json"),
                Route.action(ACTION, "trigger_crash_dump", this::crash)
                        .policyOnObject(prefix + "servers:trigger_crash_dump")
                        .since("2.17")
                        .schema("schema/compute/server-trigger-crash-dump.json", "2.17"),
                Route.action(ACTION, "resetNetwork", GuestRoutes::gone)
                        .policyOnObject(prefix + "os-admin-actions:reset_state"));
    }

    private static Reply gone(Request request) {
        throw new Refused(410, "This resource is no longer available. No forwarding address is given.");
    }

    /// The guest's own agent changes it, and answers before we do.
    private Reply changePassword(Request request) {
        var password = request.object("changePassword").path("adminPass").asString();
        var server = begin(request, "os-admin-password", "changePassword", Set.of(VmState.ACTIVE));
        var user = server.wanted().imageProperties().getOrDefault("os_admin_user", user(server));
        work(request, server, () -> agents.setAdminPassword(server.host().orElseThrow(), server.id(), user, password));
        return Reply.accepted();
    }

    private static String user(Server server) {
        return "windows".equals(server.wanted().imageProperties().get("os_type")) ? "Administrator" : "root";
    }

    private Reply crash(Request request) {
        var server = begin(request, "servers:trigger_crash_dump", "trigger_crash_dump", CRASHABLE);
        work(request, server, () -> agents.injectNmi(server.host().orElseThrow(), server.id()));
        return Reply.accepted();
    }

    private Server begin(Request request, String rule, String action, Set<VmState> states) {
        return access.change(request.caller(), request.variable("server_id"), rule, (tx, server) -> {
            if (server.taskState() != TaskState.NONE)
                throw new Conflict("Cannot '" + action + "' instance " + server.id() + " while it is in task_state "
                        + server.taskState().wire());
            if (!states.contains(server.vmState()) || server.host().isEmpty())
                throw new Conflict("Cannot '" + action + "' instance " + server.id() + " while it is in vm_state "
                        + server.vmState().wire());
            new ActionLog(tx).begin(server, request.caller(), action, clock.instant());
            return server;
        });
    }

    private void work(Request request, Server server, Runnable call) {
        boolean failed = true;
        try {
            call.run();
            failed = false;
        } catch (CloudException.NotFound e) {
            throw new Conflict("Instance " + server.id() + " is not ready");
        } finally {
            boolean error = failed;
            access.write(
                    tx -> new ActionLog(tx).ended(server.id(), request.caller().requestId(), clock.instant(), error));
        }
    }
}
