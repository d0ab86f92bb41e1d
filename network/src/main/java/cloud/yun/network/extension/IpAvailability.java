package cloud.yun.network.extension;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.IpRange;
import cloud.yun.network.api.Common;
import cloud.yun.network.ipam.Ipam;
import cloud.yun.network.network.Network;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.subnet.SubnetStore;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// How many addresses are in use. Counts addresses, so the cost is that of one GROUP BY for each network shown.
public final class IpAvailability {
    private final Common common;

    public IpAvailability(Common common) {
        this.common = common;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v2.0/network-ip-availabilities", this::list).policyOnObject("get_network_ip_availability"),
                Route.get("/v2.0/network-ip-availabilities/{id}", this::show)
                        .policyOnObject("get_network_ip_availability"));
    }

    private Reply list(Request request) {
        common.guard().require(request.caller(), "get_network_ip_availability", Target.NONE);
        var ids = request.queryAll("network_id");
        var names = request.queryAll("network_name");
        return Reply.ok(common.db().read(tx -> {
            var body = Json.object();
            var array = body.putArray("network_ip_availabilities");
            for (var network : new NetworkStore(tx).all())
                if ((ids.isEmpty() || ids.contains(network.id()))
                        && (names.isEmpty() || names.contains(network.name()))) array.add(render(tx, network));
            return body;
        }));
    }

    private Reply show(Request request) {
        common.guard().require(request.caller(), "get_network_ip_availability", Target.NONE);
        var id = request.variable("id");
        return Reply.ok(common.db().read(tx -> {
            var network = new NetworkStore(tx).find(id).orElseThrow(() -> NetworkService.SHAPE.notFound(id));
            var body = Json.object();
            body.set("network_ip_availability", render(tx, network));
            return body;
        }));
    }

    private static ObjectNode render(Tx tx, Network network) {
        var used = new Ipam(tx).taken(network.id());
        var object = Json.object()
                .put("network_id", network.id())
                .put("network_name", network.name())
                .put("tenant_id", network.projectId())
                .put("project_id", network.projectId());
        var array = object.putArray("subnet_ip_availability");
        var total = BigInteger.ZERO;
        long all = 0;
        for (var subnet : new SubnetStore(tx).ofNetwork(network.id())) {
            var size = subnet.pools().stream().map(IpRange::size).reduce(BigInteger.ZERO, BigInteger::add);
            long in = used.getOrDefault(subnet.id(), 0L);
            total = total.add(size);
            all += in;
            array.addObject()
                    .put("subnet_id", subnet.id())
                    .put("ip_version", subnet.version())
                    .put("cidr", subnet.cidr().toString())
                    .put("subnet_name", subnet.name())
                    .put("used_ips", in)
                    .put("total_ips", size);
        }
        return object.put("used_ips", all).put("total_ips", total);
    }
}
