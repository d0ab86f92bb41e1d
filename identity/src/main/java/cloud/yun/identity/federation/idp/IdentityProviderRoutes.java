package cloud.yun.identity.federation.idp;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.identity.federation.idp.IdentityProvider.Protocol;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-FEDERATION/identity_providers` and the protocols below each of them.
public final class IdentityProviderRoutes {
    private static final String COLLECTION = "OS-FEDERATION/identity_providers";
    private static final String PROVIDER = "/v3/" + COLLECTION + "/{idp_id}";
    private static final String PROTOCOL = PROVIDER + "/protocols/{protocol_id}";

    private final IdentityProviders providers;
    private final Protocols protocols;

    public IdentityProviderRoutes(IdentityProviders providers, Protocols protocols) {
        this.providers = providers;
        this.protocols = protocols;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/" + COLLECTION, this::list).policy("identity:list_identity_providers"),
                Route.get(PROVIDER, this::show).policy("identity:get_identity_provider"),
                Route.put(PROVIDER, this::create)
                        .schema("schema/identity/identity-provider-create.json")
                        .policy("identity:create_identity_provider"),
                Route.patch(PROVIDER, this::update)
                        .schema("schema/identity/identity-provider-update.json")
                        .policy("identity:update_identity_provider"),
                Route.delete(PROVIDER, this::delete).policy("identity:delete_identity_provider"),
                Route.get(PROVIDER + "/protocols", this::protocols).policy("identity:list_protocols"),
                Route.get(PROTOCOL, this::protocol).policy("identity:get_protocol"),
                Route.put(PROTOCOL, this::createProtocol)
                        .schema("schema/identity/protocol-create.json")
                        .policy("identity:create_protocol"),
                Route.patch(PROTOCOL, this::updateProtocol)
                        .schema("schema/identity/protocol-update.json")
                        .policy("identity:update_protocol"),
                Route.delete(PROTOCOL, this::deleteProtocol).policy("identity:delete_protocol"));
    }

    private static ObjectNode view(Request request, IdentityProvider provider) {
        var node = Json.object();
        node.put("id", provider.id())
                .put("domain_id", provider.domainId())
                .put("enabled", provider.enabled())
                .put("description", provider.description().orElse(null));
        provider.remoteIds().forEach(node.putArray("remote_ids")::add);
        node.put("authorization_ttl", provider.authorizationTtlMinutes().orElse(null));
        var self = Links.href(request, COLLECTION, provider.id());
        node.putObject("links").put("self", self).put("protocols", self + "/protocols");
        return node;
    }

    /// A protocol in a list says more of itself than a single one does: Keystone's way.
    private static ObjectNode listed(Request request, Protocol protocol) {
        return view(request, protocol)
                .put("idp_id", protocol.idpId())
                .put("remote_id_attribute", protocol.remoteIdAttribute().orElse(null));
    }

    private static ObjectNode view(Request request, Protocol protocol) {
        var node = Json.object();
        node.put("id", protocol.id()).put("mapping_id", protocol.mappingId());
        var provider = Links.href(request, COLLECTION, protocol.idpId());
        var self = Links.href(request, COLLECTION + "/" + Links.part(protocol.idpId()) + "/protocols", protocol.id());
        node.putObject("links").put("self", self).put("identity_provider", provider);
        return node;
    }

    private static Reply one(int status, String key, ObjectNode value) {
        var body = Json.object();
        body.set(key, value);
        return Reply.json(status, body);
    }

    /// Keystone takes a body without the object for an empty object.
    private static ObjectNode optional(Request request, String key) {
        return request.body().get(key) instanceof ObjectNode object ? object : Json.object();
    }

    private Reply list(Request request) {
        var page = providers.list(Filters.of(request, "id"));
        var items = page.items().stream().map(p -> view(request, p)).toList();
        return Reply.ok(Links.page(request, "identity_providers", items, page.next()));
    }

    private Reply show(Request request) {
        return one(200, "identity_provider", view(request, providers.get(request.variable("idp_id"))));
    }

    private Reply create(Request request) {
        var made =
                providers.create(request.caller(), request.variable("idp_id"), optional(request, "identity_provider"));
        return one(201, "identity_provider", view(request, made));
    }

    private Reply update(Request request) {
        var next = providers.update(request.caller(), request.variable("idp_id"), request.object("identity_provider"));
        return one(200, "identity_provider", view(request, next));
    }

    private Reply delete(Request request) {
        providers.delete(request.caller(), request.variable("idp_id"));
        return Reply.noContent();
    }

    private Reply protocols(Request request) {
        var found = protocols.list(request.variable("idp_id"));
        return Reply.ok(Links.list(
                request,
                "protocols",
                found.stream().map(p -> listed(request, p)).toList()));
    }

    private Reply protocol(Request request) {
        var found = protocols.get(request.variable("idp_id"), request.variable("protocol_id"));
        return one(200, "protocol", view(request, found));
    }

    private Reply createProtocol(Request request) {
        var made = protocols.create(
                request.caller(),
                request.variable("idp_id"),
                request.variable("protocol_id"),
                request.object("protocol"));
        return one(201, "protocol", view(request, made));
    }

    private Reply updateProtocol(Request request) {
        var next = protocols.update(
                request.caller(),
                request.variable("idp_id"),
                request.variable("protocol_id"),
                request.object("protocol"));
        return one(200, "protocol", view(request, next));
    }

    private Reply deleteProtocol(Request request) {
        protocols.delete(request.caller(), request.variable("idp_id"), request.variable("protocol_id"));
        return Reply.noContent();
    }
}
