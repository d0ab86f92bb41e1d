package cloud.yun.network.floatingip;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Common;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.subnet.SubnetStore;
import java.util.List;
import java.util.stream.Collectors;

/// Where floating IPs come from: the subnets of external networks.
///
/// https://docs.openstack.org/api-ref/network/v2/#floating-ip-pools
public final class FloatingIpPools {
    private final Common common;

    public FloatingIpPools(Common common) {
        this.common = common;
    }

    public List<Route> routes() {
        return List.of(Route.get("/v2.0/floatingip_pools", this::list).policyOnObject("get_floatingip_pool"));
    }

    private Reply list(Request request) {
        var caller = request.caller();
        common.guard().require(caller, "get_floatingip_pool", Target.project(caller.projectId()));
        return Reply.ok(common.db().read(tx -> {
            var networks = new NetworkStore(tx)
                    .external().stream()
                            .filter(n -> common.guard()
                                    .sees(caller, NetworkService.SHAPE, NetworkService.targetOf(tx, caller, n)))
                            .collect(Collectors.toMap(Network::id, n -> n));
            var body = Json.object();
            var array = body.putArray("floatingip_pools");
            for (var network : networks.values())
                for (var subnet : new SubnetStore(tx).ofNetwork(network.id()))
                    array.addObject()
                            .put("subnet_id", subnet.id())
                            .put("subnet_name", subnet.name())
                            .put("network_id", network.id())
                            .put("cidr", subnet.cidr().toString())
                            .put("tenant_id", subnet.projectId())
                            .put("project_id", subnet.projectId());
            return body;
        }));
    }
}
