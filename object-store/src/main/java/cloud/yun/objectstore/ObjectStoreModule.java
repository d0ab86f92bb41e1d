package cloud.yun.objectstore;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.info.InfoRoutes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Wires the room. The constructor is what it needs, the methods are what it offers.
public final class ObjectStoreModule implements Room {
    static final Option<List<String>> TEMP_URL_DIGESTS = Option.list(
            "filter:tempurl",
            "allowed_digests",
            "sha256,sha512",
            "Hashes that may sign a temporary URL: sha1, sha256, sha512.");
    static final Option<List<String>> FORM_POST_DIGESTS = Option.list(
            "filter:formpost",
            "allowed_digests",
            "sha1,sha256,sha512",
            "Hashes that may sign a form: sha1, sha256, sha512.");

    private final List<Route> routes;
    private final Policy policy;

    public ObjectStoreModule(Kernel kernel) {
        // Swift has no rules of this kind: roles and containers' lists decide, see `Access`.
        policy = new Policy(Map.of(), PolicyFile.of(kernel, "object-store", "swift"));
        var config = kernel.config();
        var limits = Limits.of(config);
        routes = new InfoRoutes(
                        limits, Set.copyOf(config.get(TEMP_URL_DIGESTS)), Set.copyOf(config.get(FORM_POST_DIGESTS)))
                .routes();
    }

    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(Limits.options());
        all.add(TEMP_URL_DIGESTS);
        all.add(FORM_POST_DIGESTS);
        return List.copyOf(all);
    }

    @Override
    public ApiService service() {
        return new ApiService(
                        "object-store", "/object-store", List.of(8080), FaultDialect.OBJECT_STORE, Optional.empty())
                .withRootPaths("/info", "/healthcheck", "/crossdomain.xml");
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public Policy policy() {
        return policy;
    }
}
