package cloud.yun.identity.trust;

import cloud.yun.identity.base.Links;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.role.RoleView;
import cloud.yun.identity.trust.Trusts.Shown;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/OS-TRUST/trusts`.
public final class TrustRoutes {
    private static final String ALL = "/v3/OS-TRUST/trusts";
    private static final String ONE = ALL + "/{trust_id}";

    private final Trusts trusts;

    public TrustRoutes(Trusts trusts) {
        this.trusts = trusts;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policyOnObject("identity:list_trusts"),
                Route.post(ALL, this::create)
                        .schema("schema/identity/trust-create.json")
                        .policyOnObject("identity:create_trust"),
                Route.get(ONE, this::show).policyOnObject("identity:get_trust"),
                Route.delete(ONE, this::delete).policyOnObject("identity:delete_trust"),
                Route.get(ONE + "/roles", this::roles).policyOnObject("identity:list_roles_for_trust"),
                Route.get(ONE + "/roles/{role_id}", this::role).policyOnObject("identity:get_role_for_trust"));
    }

    private static ObjectNode bare(ObjectNode node, Trust trust) {
        return node.put("id", trust.id())
                .put("trustor_user_id", trust.trustorId())
                .put("trustee_user_id", trust.trusteeId())
                .put("project_id", trust.projectId().orElse(null))
                .put("impersonation", trust.impersonation())
                .put("expires_at", trust.expiresAt().map(Times::micros).orElse(null))
                .put("remaining_uses", trust.remainingUses().orElse(null))
                .putNull("deleted_at")
                .put("redelegated_trust_id", trust.redelegatedFrom().orElse(null))
                .put("redelegation_count", trust.redelegationCount());
    }

    private static ObjectNode summary(Request request, Trust trust) {
        return Links.self(
                request, "OS-TRUST/trusts", trust.id(), bare(trust.extra().deepCopy(), trust));
    }

    private static Reply one(Request request, int status, Shown shown) {
        var node = shown.trust().extra().deepCopy();
        var roles = node.putArray("roles");
        shown.roles().forEach(r -> roles.add(RoleView.of(request, r)));
        bare(node, shown.trust()).set("roles_links", rolesLinks(request, shown.trust()));
        var body = Json.object();
        body.set("trust", Links.self(request, "OS-TRUST/trusts", shown.trust().id(), node));
        return Reply.json(status, body);
    }

    /// Keystone leaves the collection out of this address.
    private static ObjectNode rolesLinks(Request request, Trust trust) {
        return Json.object()
                .put("self", request.url() + "/v3/" + trust.id() + "/roles")
                .putNull("next")
                .putNull("previous");
    }

    private Reply list(Request request) {
        var trustor = request.query("trustor_user_id");
        var trustee = request.query("trustee_user_id");
        var found = trusts.list(request.caller(), trustor, trustee);
        return Reply.ok(Links.list(
                request, "trusts", found.stream().map(t -> summary(request, t)).toList()));
    }

    private Reply create(Request request) {
        return one(request, 201, trusts.create(request.caller(), request.object("trust")));
    }

    private Shown shown(Request request, String rule) {
        return trusts.get(request.caller(), rule, request.variable("trust_id"));
    }

    private Reply show(Request request) {
        return one(request, 200, shown(request, "identity:get_trust"));
    }

    private Reply delete(Request request) {
        trusts.delete(request.caller(), request.variable("trust_id"));
        return Reply.noContent();
    }

    private Reply roles(Request request) {
        var shown = shown(request, "identity:list_roles_for_trust");
        var body = Json.object();
        var roles = body.putArray("roles");
        shown.roles().forEach(r -> roles.add(RoleView.of(request, r)));
        body.set("links", rolesLinks(request, shown.trust()));
        return Reply.ok(body);
    }

    private Reply role(Request request) {
        var id = request.variable("role_id");
        var role = shown(request, "identity:get_role_for_trust").roles().stream()
                .filter(r -> r.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Words.notFound("role", id));
        var body = Json.object();
        body.set("role", RoleView.of(request, role));
        return Reply.ok(body);
    }
}
