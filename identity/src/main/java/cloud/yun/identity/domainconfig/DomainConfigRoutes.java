package cloud.yun.identity.domainconfig;

import cloud.yun.identity.domainconfig.DomainConfigs.Part;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/domains/{domain_id}/config/...` and `/v3/domains/config/.../default`.
public final class DomainConfigRoutes {
    private static final String CONFIG = "/v3/domains/{domain_id}/config";

    private final DomainConfigs configs;

    public DomainConfigRoutes(DomainConfigs configs) {
        this.configs = configs;
    }

    public List<Route> routes() {
        var all = new ArrayList<Route>();
        all.add(Route.put(CONFIG, this::create)
                .schema("schema/identity/domain-config.json")
                .policyOnObject("identity:create_domain_config"));
        for (var part : List.of("", "/{group}", "/{group}/{option}")) {
            all.add(Route.get(CONFIG + part, this::show).policyOnObject("identity:get_domain_config"));
            all.add(Route.patch(CONFIG + part, this::update)
                    .schema("schema/identity/domain-config.json")
                    .policyOnObject("identity:update_domain_config"));
            all.add(Route.delete(CONFIG + part, this::delete).policyOnObject("identity:delete_domain_config"));
            all.add(Route.get("/v3/domains/config" + part + "/default", this::defaults)
                    .policyOnObject("identity:get_domain_config_default"));
        }
        return all;
    }

    private static Part part(Request request) {
        var variables = request.variables();
        return new Part(Optional.ofNullable(variables.get("group")), Optional.ofNullable(variables.get("option")));
    }

    private static Reply config(int status, ObjectNode config) {
        var body = Json.object();
        body.set("config", config);
        return Reply.json(status, body);
    }

    private Reply create(Request request) {
        var written = configs.create(
                request.caller(), request.variable("domain_id"), request.body().path("config"));
        return config(written.created() ? 201 : 200, written.config());
    }

    private Reply show(Request request) {
        return config(200, configs.get(request.caller(), request.variable("domain_id"), part(request)));
    }

    private Reply update(Request request) {
        var next = configs.update(
                request.caller(),
                request.variable("domain_id"),
                part(request),
                request.body().path("config"));
        return config(200, next);
    }

    private Reply delete(Request request) {
        configs.delete(request.caller(), request.variable("domain_id"), part(request));
        return Reply.noContent();
    }

    private Reply defaults(Request request) {
        return config(200, configs.defaults(request.caller(), part(request)));
    }
}
