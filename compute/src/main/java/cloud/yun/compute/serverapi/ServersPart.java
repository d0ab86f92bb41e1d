package cloud.yun.compute.serverapi;

import cloud.yun.compute.Part;
import cloud.yun.compute.flavor.Flavors;
import cloud.yun.compute.keypair.Keypairs;
import cloud.yun.compute.lifecycle.CreateServer;
import cloud.yun.compute.lifecycle.DeleteServer;
import cloud.yun.compute.lifecycle.PowerActions;
import cloud.yun.compute.lifecycle.Wiring;
import cloud.yun.kernel.http.Route;
import java.util.ArrayList;
import java.util.List;

/// The servers API, wired.
public final class ServersPart implements Part {
    private final List<Part> parts;

    public ServersPart(
            Wiring w,
            ServerAccess access,
            Flavors flavors,
            Keypairs keypairs,
            CreateServer create,
            DeleteServer delete,
            PowerActions actions) {
        var drafts = new Drafts(w.images(), w.volumes(), flavors, keypairs, w.hosts());
        var service = new ServerService(w, drafts, create, delete);
        var reader = new ServerReader(w.ports(), w.groups(), w.hosts());
        var routes = new ServerRoutes(service, access, reader, w.ports(), w.db());
        parts = List.of(
                routes,
                new ActionRoutes(access, actions, routes, w.agents(), w.clock()),
                new MetadataRoutes(access, w.quotas(), w.clock()),
                new TagRoutes(access));
    }

    @Override
    public List<Route> routes() {
        var all = new ArrayList<Route>();
        parts.forEach(p -> all.addAll(p.routes()));
        return all;
    }
}
