package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.compute.Peers;
import cloud.yun.compute.serverapi.ServerAccess;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.quota.Quotas;
import java.util.List;

/// The legacy proxies, wired.
public final class ProxyParts implements Part {
    private final List<Part> parts;

    public ProxyParts(Peers peers, Database db, ServerAccess access, Quotas quotas, Config config) {
        parts = List.of(
                new ImageProxy(peers.image(), quotas, db),
                new VolumeProxy(peers.blockStorage()),
                new NetworkProxy(peers.network()),
                new SecurityGroupProxy(peers.network()),
                new FloatingIpProxy(peers.network(), config),
                new BareMetalProxy(),
                new ServerSecurityGroups(access, peers.network()),
                new ServerNetworkActions(db, access, peers.network()));
    }

    @Override
    public List<Route> routes() {
        return parts.stream().flatMap(p -> p.routes().stream()).toList();
    }
}
