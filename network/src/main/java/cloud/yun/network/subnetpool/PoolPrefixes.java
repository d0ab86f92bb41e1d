package cloud.yun.network.subnetpool;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Values;
import cloud.yun.network.network.NetworkService;
import cloud.yun.network.network.NetworkStore;
import cloud.yun.network.subnet.Subnet;
import cloud.yun.network.subnet.SubnetStore;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What is done to a pool's prefixes one by one: more of them, fewer, and those of subnets that were there first.
///
/// https://docs.openstack.org/api-ref/network/v2/#subnet-pool-prefix-operations
public final class PoolPrefixes {
    private final Common common;
    private final SubnetPoolService pools;

    public PoolPrefixes(Common common, SubnetPoolService pools) {
        this.common = common;
        this.pools = pools;
    }

    public List<Route> routes() {
        var one = "/v2.0/subnetpools/{id}/";
        return List.of(
                Route.put(one + "add_prefixes", r -> prefixes(r, true)).policyOnObject("add_prefixes"),
                Route.put(one + "remove_prefixes", r -> prefixes(r, false)).policyOnObject("remove_prefixes"),
                Route.put(one + "onboard_network_subnets", this::onboard).policyOnObject("onboard_network_subnets"));
    }

    private Reply prefixes(Request request, boolean add) {
        var given = request.body().path("subnetpool").path("prefixes");
        if (given.isMissingNode()) given = request.body().path("prefixes");
        var asked = new ArrayList<Cidr>();
        for (var prefix : Values.list(Values.subnet()).apply("prefixes", given)) asked.add(Cidr.of(prefix.asString()));
        if (asked.isEmpty()) throw new Invalid("Empty subnet pool prefix list.", "EmptySubnetPoolPrefixList");
        var caller = request.caller();
        var id = request.variable("id");
        var left = common.db().transaction(tx -> {
            var pool = mine(tx, caller, id, add ? "add_prefixes" : "remove_prefixes");
            return pools.prefixes(tx, caller, pool, add ? more(pool, asked) : fewer(tx, pool, asked));
        });
        var body = Json.object();
        var array = body.putArray("prefixes");
        left.prefixes().forEach(p -> array.add(p.toString()));
        return Reply.ok(body);
    }

    private SubnetPool mine(Tx tx, Caller caller, String id, String rule) {
        var seen = pools.visible(tx, caller, id);
        common.guard().require(caller, rule, Target.project(seen.projectId()));
        return new SubnetPoolStore(tx).lock(id).orElseThrow(() -> SubnetPoolService.SHAPE.notFound(id));
    }

    private static List<Cidr> more(SubnetPool pool, List<Cidr> asked) {
        var all = new ArrayList<>(pool.prefixes());
        all.addAll(asked);
        return all;
    }

    /// What is taken away must be there, and no subnet may live in it.
    private static List<Cidr> fewer(Tx tx, SubnetPool pool, List<Cidr> asked) {
        List<Cidr> left = pool.prefixes();
        for (var gone : asked) {
            if (left.stream().noneMatch(p -> p.contains(gone)))
                throw new Invalid("Illegal prefix: " + gone + " is not in the subnet pool.", "IllegalSubnetPoolUpdate");
            left = without(left, gone);
        }
        for (var subnet : new SubnetStore(tx).ofPool(pool.id()))
            for (var gone : asked)
                if (gone.overlaps(subnet.cidr()))
                    throw new Conflict(
                            "Illegal subnet pool update : the following prefix is allocated: " + subnet.cidr() + ".",
                            "IllegalSubnetPoolUpdate");
        return left;
    }

    private static List<Cidr> without(List<Cidr> prefixes, Cidr gone) {
        var left = new ArrayList<Cidr>();
        for (var prefix : prefixes) {
            if (!prefix.contains(gone)) {
                left.add(prefix);
                continue;
            }
            // Halves, until the half that is left is what goes.
            var rest = prefix;
            while (rest.length() < gone.length()) {
                var low = new Cidr(rest.first(), rest.length() + 1);
                var high = new Cidr(low.last().plus(1), low.length());
                left.add(low.contains(gone) ? high : low);
                rest = low.contains(gone) ? low : high;
            }
        }
        return left;
    }

    private Reply onboard(Request request) {
        JsonNode given = request.body().path("subnetpool").path("network_id");
        if (given.isMissingNode()) given = request.body().path("network_id");
        var networkId = Values.uuid().apply("network_id", given).stringValue();
        var caller = request.caller();
        var id = request.variable("id");
        var taken = common.db().transaction(tx -> onboard(tx, caller, id, networkId));
        var body = Json.array();
        taken.forEach(
                s -> body.addObject().put("id", s.id()).put("cidr", s.cidr().toString()));
        return Reply.ok(body);
    }

    private List<Subnet> onboard(Tx tx, Caller caller, String id, String networkId) {
        var pool = mine(tx, caller, id, "onboard_network_subnets");
        var network = new NetworkStore(tx)
                .find(networkId)
                .filter(n -> common.guard().sees(caller, NetworkService.SHAPE, NetworkService.targetOf(tx, caller, n)))
                .orElseThrow(() -> NetworkService.SHAPE.notFound(networkId));
        var store = new SubnetStore(tx);
        var subnets = store.ofNetwork(network.id()).stream()
                .filter(s -> s.version() == pool.version())
                .toList();
        for (var subnet : subnets)
            if (subnet.subnetpoolId().isPresent())
                throw new Invalid(
                        "Illegal subnet onboard: subnet " + subnet.id() + " is in subnet pool "
                                + subnet.subnetpoolId().get() + " already.",
                        "IllegalSubnetPoolAssociation");
        pools.prefixes(
                tx, caller, pool, more(pool, subnets.stream().map(Subnet::cidr).toList()));
        for (var subnet : subnets) store.pool(subnet.id(), pool.id(), common.now());
        return subnets;
    }
}
