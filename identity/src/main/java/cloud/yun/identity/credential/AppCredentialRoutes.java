package cloud.yun.identity.credential;

import cloud.yun.identity.base.Links;
import cloud.yun.identity.credential.AppCredentialStore.AppCredential;
import cloud.yun.identity.credential.AppCredentials.Shown;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleView;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/users/{user_id}/application_credentials`.
public final class AppCredentialRoutes {
    private static final String ALL = "/v3/users/{user_id}/application_credentials";
    private static final String ONE = ALL + "/{application_credential_id}";

    private final AppCredentials credentials;

    public AppCredentialRoutes(AppCredentials credentials) {
        this.credentials = credentials;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policyOnObject("identity:list_application_credentials"),
                Route.post(ALL, this::create)
                        .schema("schema/identity/application-credential-create.json")
                        .policyOnObject("identity:create_application_credential"),
                Route.get(ONE, this::show).policyOnObject("identity:get_application_credential"),
                Route.delete(ONE, this::delete).policyOnObject("identity:delete_application_credential"));
    }

    private static ObjectNode view(
            Request request, AppCredential credential, List<Role> roles, Optional<String> secret) {
        var node = Json.object();
        node.put("id", credential.id())
                .put("name", credential.name())
                .put("description", credential.description().orElse(null))
                .put("user_id", credential.userId())
                .put("project_id", credential.projectId())
                .putNull("system")
                .put(
                        "expires_at",
                        credential.expiresAt().map(Times::microsWithoutZone).orElse(null))
                .put("unrestricted", credential.unrestricted().orElse(null));
        var list = node.putArray("roles");
        roles.forEach(r -> list.add(RoleView.bare(r)));
        if (!credential.accessRules().isEmpty()) {
            var rules = node.putArray("access_rules");
            credential.accessRules().forEach(r -> rules.add(r.view()));
        }
        secret.ifPresent(s -> node.put("secret", s));
        return Links.self(request, "application_credentials", credential.id(), node);
    }

    private static ObjectNode view(Request request, Shown shown) {
        return view(request, shown.credential(), shown.roles(), Optional.empty());
    }

    private static Reply one(int status, ObjectNode credential) {
        var body = Json.object();
        body.set("application_credential", credential);
        return Reply.json(status, body);
    }

    private Reply list(Request request) {
        var found = credentials.list(request.caller(), request.variable("user_id"), request.query("name"));
        return Reply.ok(Links.list(
                request,
                "application_credentials",
                found.stream().map(s -> view(request, s)).toList()));
    }

    private Reply create(Request request) {
        var user = request.variable("user_id");
        var made = credentials.create(request.caller(), user, request.object("application_credential"));
        var shown = credentials.get(
                request.caller(),
                "identity:get_application_credential",
                user,
                made.credential().id());
        return one(201, view(request, shown.credential(), shown.roles(), Optional.of(made.secret())));
    }

    private Reply show(Request request) {
        var shown = credentials.get(
                request.caller(),
                "identity:get_application_credential",
                request.variable("user_id"),
                request.variable("application_credential_id"));
        return one(200, view(request, shown));
    }

    private Reply delete(Request request) {
        credentials.delete(
                request.caller(), request.variable("user_id"), request.variable("application_credential_id"));
        return Reply.noContent();
    }
}
