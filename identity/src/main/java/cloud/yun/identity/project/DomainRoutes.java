package cloud.yun.identity.project;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/domains`.
public final class DomainRoutes {
    private final Domains domains;

    public DomainRoutes(Domains domains) {
        this.domains = domains;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/domains", this::list).policyOnObject("identity:list_domains"),
                Route.post("/v3/domains", this::create)
                        .schema("schema/identity/domain-create.json")
                        .policyOnObject("identity:create_domain"),
                Route.get("/v3/domains/{domain_id}", this::show).policyOnObject("identity:get_domain"),
                Route.patch("/v3/domains/{domain_id}", this::update)
                        .schema("schema/identity/domain-update.json")
                        .policyOnObject("identity:update_domain"),
                Route.delete("/v3/domains/{domain_id}", this::delete).policyOnObject("identity:delete_domain"));
    }

    private static Reply one(int status, ObjectNode domain) {
        var body = Json.object();
        body.set("domain", domain);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var page = domains.list(request.caller(), Filters.of(request));
        var items =
                page.items().stream().map(d -> ProjectView.ofDomain(request, d)).toList();
        return Reply.ok(Links.page(request, "domains", items, page.next()));
    }

    private Reply create(Request request) {
        return one(201, ProjectView.ofDomain(request, domains.create(request.caller(), request.object("domain"))));
    }

    private Reply show(Request request) {
        var domain = domains.get(request.caller(), "identity:get_domain", request.variable("domain_id"));
        return one(200, ProjectView.ofDomain(request, domain));
    }

    private Reply update(Request request) {
        var domain = domains.update(request.caller(), request.variable("domain_id"), request.object("domain"));
        return one(200, ProjectView.ofDomain(request, domain));
    }

    private Reply delete(Request request) {
        domains.delete(request.caller(), request.variable("domain_id"));
        return Reply.noContent();
    }
}
