package cloud.yun.network.router;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What routers have beside the five routes of every resource.
public final class RouterRoutes {
    private final RouterService routers;
    private final RouterInterfaces interfaces;

    public RouterRoutes(RouterService routers, RouterInterfaces interfaces) {
        this.routers = routers;
        this.interfaces = interfaces;
    }

    public List<Route> routes() {
        var one = "/v2.0/routers/{id}/";
        return List.of(
                Route.put(
                                one + "add_router_interface",
                                r -> Reply.ok(interfaces.add(r.caller(), r.variable("id"), r.body())))
                        .policyOnObject("add_router_interface"),
                Route.put(
                                one + "remove_router_interface",
                                r -> Reply.ok(interfaces.remove(r.caller(), r.variable("id"), r.body())))
                        .policyOnObject("remove_router_interface"),
                Route.put(
                                one + "add_extraroutes",
                                r -> wrapped(routers.extraRoutes(r.caller(), r.variable("id"), r.body(), true)))
                        .policyOnObject("add_extraroutes"),
                Route.put(
                                one + "remove_extraroutes",
                                r -> wrapped(routers.extraRoutes(r.caller(), r.variable("id"), r.body(), false)))
                        .policyOnObject("remove_extraroutes"));
    }

    private static Reply wrapped(ObjectNode router) {
        var body = Json.object();
        body.set("router", router);
        return Reply.ok(body);
    }
}
