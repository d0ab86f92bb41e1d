package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.List;

/// HTTP of bare metal nodes, until 2.35. There is no bare metal service here, and changes were always Ironic's.
public final class BareMetalProxy implements Part {
    private static final String NODES = "/v2.1/os-baremetal-nodes";
    private static final String RULE = "os_compute_api:os-baremetal-nodes:";

    @Override
    public List<Route> routes() {
        return List.of(
                        Route.get(NODES, BareMetalProxy::none).policy(RULE + "list"),
                        Route.get(NODES + "/{id}", BareMetalProxy::none).policy(RULE + "show"),
                        Route.post(NODES, r -> elsewhere("node-create")),
                        Route.delete(NODES + "/{id}", r -> elsewhere("node-delete")),
                        Route.action(NODES + "/{id}/action", "add_interface", r -> elsewhere("port-create")),
                        Route.action(NODES + "/{id}/action", "remove_interface", r -> elsewhere("port-delete")))
                .stream()
                .map(r -> r.until("2.35"))
                .toList();
    }

    private static Reply none(Request request) {
        throw new Refused(501, "The requested functionality is not supported.");
    }

    private static Reply elsewhere(String command) {
        throw new Invalid("Command not supported. Please use Ironic command " + command + " to perform this action.");
    }
}
