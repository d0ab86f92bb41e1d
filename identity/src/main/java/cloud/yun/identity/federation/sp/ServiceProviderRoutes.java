package cloud.yun.identity.federation.sp;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-FEDERATION/service_providers`, and the metadata that those providers read.
public final class ServiceProviderRoutes {
    private static final String COLLECTION = "OS-FEDERATION/service_providers";
    private static final String PROVIDER = "/v3/" + COLLECTION + "/{sp_id}";

    private final ServiceProviders providers;
    private final Saml2Metadata metadata;

    public ServiceProviderRoutes(ServiceProviders providers, Saml2Metadata metadata) {
        this.providers = providers;
        this.metadata = metadata;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/" + COLLECTION, this::list).policy("identity:list_service_providers"),
                Route.get(PROVIDER, this::show).policy("identity:get_service_provider"),
                Route.put(PROVIDER, this::create)
                        .schema("schema/identity/service-provider-create.json")
                        .policy("identity:create_service_provider"),
                Route.patch(PROVIDER, this::update)
                        .schema("schema/identity/service-provider-update.json")
                        .policy("identity:update_service_provider"),
                Route.delete(PROVIDER, this::delete).policy("identity:delete_service_provider"),
                Route.get("/v3/OS-FEDERATION/saml2/metadata", this::metadata).open());
    }

    private static ObjectNode view(Request request, ServiceProvider provider) {
        var node = Json.object();
        node.put("auth_url", provider.authUrl())
                .put("id", provider.id())
                .put("enabled", provider.enabled())
                .put("description", provider.description().orElse(null))
                .put("relay_state_prefix", provider.relayStatePrefix())
                .put("sp_url", provider.spUrl());
        return Links.self(request, COLLECTION, provider.id(), node);
    }

    private static Reply one(int status, ObjectNode provider) {
        var body = Json.object();
        body.set("service_provider", provider);
        return Reply.json(status, body);
    }

    private static String id(Request request) {
        return request.variable("sp_id");
    }

    private Reply list(Request request) {
        var page = providers.list(Filters.of(request, "id"));
        var items = page.items().stream().map(p -> view(request, p)).toList();
        return Reply.ok(Links.page(request, "service_providers", items, page.next()));
    }

    private Reply show(Request request) {
        return one(200, view(request, providers.get(id(request))));
    }

    private Reply create(Request request) {
        var made = providers.create(request.caller(), id(request), request.object("service_provider"));
        return one(201, view(request, made));
    }

    private Reply update(Request request) {
        var next = providers.update(request.caller(), id(request), request.object("service_provider"));
        return one(200, view(request, next));
    }

    private Reply delete(Request request) {
        providers.delete(request.caller(), id(request));
        return Reply.noContent();
    }

    private Reply metadata(Request request) {
        return Reply.text(200, metadata.read(), "text/xml");
    }
}
