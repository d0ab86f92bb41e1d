package cloud.yun.identity.endpointpolicy;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.CatalogStore;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.CatalogStore.Region;
import cloud.yun.identity.endpointpolicy.PolicyDocument.Association;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// The rules of which policy is whose. The nearest association wins: the endpoint's own, then the one of its service
/// in its region, then in the regions above, then the one of its service.
public final class PolicyAssociations {
    private final Workbench bench;

    public PolicyAssociations(Workbench bench) {
        this.bench = bench;
    }

    private static void there(Tx tx, String policyId, Association a) {
        Policies.there(tx, policyId);
        var catalog = new CatalogStore(tx);
        a.endpointId().ifPresent(id -> present(catalog.endpoint(id).isPresent(), "endpoint", id));
        a.serviceId().ifPresent(id -> present(catalog.service(id).isPresent(), "service", id));
        a.regionId().ifPresent(id -> present(catalog.region(id).isPresent(), "region", id));
    }

    private static void present(boolean found, String kind, String id) {
        if (!found) throw Words.notFound(kind, id);
    }

    void put(Caller caller, String rule, String policyId, Association a) {
        bench.policy().require(caller, rule);
        bench.db().write(tx -> {
            there(tx, policyId, a);
            new PolicyStore(tx).associate(policyId, a);
        });
    }

    /// @throws NotFound this policy is not of that
    void check(Caller caller, String rule, String policyId, Association a) {
        bench.policy().require(caller, rule);
        bench.db().read(tx -> {
            there(tx, policyId, a);
            return new PolicyStore(tx)
                    .of(a)
                    .filter(p -> p.id().equals(policyId))
                    .orElseThrow(() -> new NotFound("Could not find policy association."));
        });
    }

    /// Passes too when there was no such association, as Keystone does.
    void delete(Caller caller, String rule, String policyId, Association a) {
        bench.policy().require(caller, rule);
        bench.db().write(tx -> {
            there(tx, policyId, a);
            new PolicyStore(tx).dissociate(policyId, a);
        });
    }

    /// @return the endpoints that any association of the policy names
    List<Endpoint> endpoints(Caller caller, String policyId) {
        bench.policy().require(caller, "identity:list_endpoints_for_policy");
        return bench.db().read(tx -> {
            Policies.there(tx, policyId);
            var catalog = new CatalogStore(tx);
            var found = new ArrayList<Endpoint>();
            for (var a : new PolicyStore(tx).associations(policyId)) {
                a.endpointId().flatMap(catalog::endpoint).ifPresent(found::add);
                a.serviceId()
                        .ifPresent(id -> a.regionId()
                                .ifPresentOrElse(
                                        region -> found.addAll(within(catalog, id, region)),
                                        () -> found.addAll(ofService(catalog, id))));
            }
            return found;
        });
    }

    private static List<Endpoint> ofService(CatalogStore catalog, String id) {
        return catalog.endpoints(Filters.none().with("service_id", id));
    }

    private static List<Endpoint> within(CatalogStore catalog, String serviceId, String regionId) {
        var regions = new HashSet<String>();
        var open = new ArrayList<>(List.of(regionId));
        while (!open.isEmpty()) {
            var next = open.removeLast();
            if (regions.add(next))
                open.addAll(catalog.regions(Optional.of(next)).stream()
                        .map(Region::id)
                        .toList());
        }
        return ofService(catalog, serviceId).stream()
                .filter(e -> e.regionId().map(regions::contains).orElse(false))
                .toList();
    }

    /// @throws NotFound no such endpoint, or no policy for it
    PolicyDocument effective(Caller caller, String endpointId) {
        bench.policy().require(caller, "identity:get_policy_for_endpoint");
        return bench.db().read(tx -> {
            var catalog = new CatalogStore(tx);
            var endpoint = catalog.endpoint(endpointId).orElseThrow(() -> Words.notFound("endpoint", endpointId));
            var policies = new PolicyStore(tx);
            return policies.of(Association.ofEndpoint(endpointId))
                    .or(() -> ofRegions(policies, catalog, endpoint))
                    .or(() -> policies.of(Association.ofService(endpoint.serviceId())))
                    .orElseThrow(() -> new NotFound("No policy is associated with endpoint " + endpointId + "."));
        });
    }

    private static Optional<PolicyDocument> ofRegions(PolicyStore policies, CatalogStore catalog, Endpoint endpoint) {
        var region = endpoint.regionId();
        while (region.isPresent()) {
            var found = policies.of(Association.ofServiceIn(endpoint.serviceId(), region.get()));
            if (found.isPresent()) return found;
            region = catalog.region(region.get()).flatMap(Region::parentId);
        }
        return Optional.empty();
    }
}
