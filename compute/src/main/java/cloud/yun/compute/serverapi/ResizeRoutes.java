package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.lifecycle.ConfirmResize;
import cloud.yun.compute.lifecycle.ResizeServer;
import cloud.yun.compute.lifecycle.RevertResize;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.time.Clock;
import java.util.List;

/// HTTP of the actions that give a server another flavor.
final class ResizeRoutes implements Part {
    private static final String ACTION = "/v2.1/servers/{server_id}/action";

    private final ServerAccess access;
    private final ResizeServer resize;
    private final ConfirmResize confirm;
    private final RevertResize revert;
    private final Clock clock;

    ResizeRoutes(ServerAccess access, ResizeServer resize, ConfirmResize confirm, RevertResize revert, Clock clock) {
        this.access = access;
        this.resize = resize;
        this.confirm = confirm;
        this.revert = revert;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.action(ACTION, "resize", this::resize)
                        .policyOnObject(rule("servers:resize"))
                        .schema("schema/compute/server-resize.json"),
                Route.action(ACTION, "confirmResize", this::confirm).policyOnObject(rule("servers:confirm_resize")),
                Route.action(ACTION, "revertResize", this::revert).policyOnObject(rule("servers:revert_resize")));
    }

    private static String rule(String name) {
        return ComputePolicy.PREFIX + name;
    }

    private Reply resize(Request request) {
        var body = request.object("resize");
        var flavor = body.path("flavorRef").asString();
        var diskConfig = CreateRequest.text(body, "OS-DCF:diskConfig");
        return change(request, "servers:resize", (tx, server) -> {
            var store = new ServerStore(tx);
            diskConfig.ifPresent(d -> store.diskConfig(server, d, clock.instant()));
            resize.begin(tx, request.caller(), store.lock(server.id()), flavor);
            return server;
        });
    }

    private Reply confirm(Request request) {
        change(request, "servers:confirm_resize", (tx, server) -> {
            confirm.begin(tx, request.caller(), server);
            return server;
        });
        return Reply.noContent();
    }

    private Reply revert(Request request) {
        return change(request, "servers:revert_resize", (tx, server) -> {
            revert.begin(tx, request.caller(), server);
            return server;
        });
    }

    private Reply change(
            Request request,
            String rule,
            java.util.function.BiFunction<cloud.yun.kernel.db.Tx, cloud.yun.compute.server.Server, Object> work) {
        access.change(request.caller(), request.variable("server_id"), rule, work);
        return Reply.accepted();
    }
}
