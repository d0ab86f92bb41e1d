package cloud.yun.identity.credential;

import cloud.yun.identity.base.Links;
import cloud.yun.identity.credential.Credentials.Credential;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/credentials` and `/v3/users/{user_id}/credentials/OS-EC2`.
public final class CredentialRoutes {
    private static final String EC2 = "/v3/users/{user_id}/credentials/OS-EC2";

    private final Credentials credentials;

    public CredentialRoutes(Credentials credentials) {
        this.credentials = credentials;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/credentials", this::list).policyOnObject("identity:list_credentials"),
                Route.post("/v3/credentials", this::create)
                        .schema("schema/identity/credential-create.json")
                        .policyOnObject("identity:create_credential"),
                Route.get("/v3/credentials/{credential_id}", this::show).policyOnObject("identity:get_credential"),
                Route.patch("/v3/credentials/{credential_id}", this::update)
                        .schema("schema/identity/credential-update.json")
                        .policyOnObject("identity:update_credential"),
                Route.delete("/v3/credentials/{credential_id}", this::delete)
                        .policyOnObject("identity:delete_credential"),
                Route.get(EC2, this::listEc2).policyOnObject("identity:ec2_list_credentials"),
                Route.post(EC2, this::createEc2)
                        .schema("schema/identity/ec2-create.json")
                        .policyOnObject("identity:ec2_create_credential"),
                Route.get(EC2 + "/{access}", this::showEc2).policyOnObject("identity:ec2_get_credential"),
                Route.delete(EC2 + "/{access}", this::deleteEc2).policyOnObject("identity:ec2_delete_credential"));
    }

    private static ObjectNode view(Request request, Credential credential) {
        var node = credential.extra().deepCopy();
        node.put("id", credential.id())
                .put("user_id", credential.userId())
                .put("project_id", credential.projectId().orElse(null))
                .put("type", credential.type())
                .put("blob", credential.blob());
        return Links.self(request, "credentials", credential.id(), node);
    }

    private static ObjectNode ec2(Request request, Credential credential) {
        var keys = Json.storedObject(credential.blob());
        var access = keys.path("access").asString("");
        var node = Json.object();
        node.put("user_id", credential.userId())
                .put("tenant_id", credential.projectId().orElse(null))
                .put("access", access)
                .put("secret", keys.path("secret").asString(""));
        node.set("trust_id", keys.get("trust_id"));
        return Links.self(request, "users/" + credential.userId() + "/credentials/OS-EC2", access, node);
    }

    private static Reply one(int status, ObjectNode credential) {
        var body = Json.object();
        body.set("credential", credential);
        return Reply.json(status, body);
    }

    private static Reply many(Request request, List<ObjectNode> items) {
        return Reply.ok(Links.list(request, "credentials", items));
    }

    private Reply list(Request request) {
        var found = credentials.list(request.caller(), request.query("user_id"), request.query("type"));
        return many(request, found.stream().map(c -> view(request, c)).toList());
    }

    private Reply create(Request request) {
        return one(201, view(request, credentials.create(request.caller(), request.object("credential"))));
    }

    private Reply show(Request request) {
        var found = credentials.get(request.caller(), "identity:get_credential", request.variable("credential_id"));
        return one(200, view(request, found));
    }

    private Reply update(Request request) {
        var next =
                credentials.update(request.caller(), request.variable("credential_id"), request.object("credential"));
        return one(200, view(request, next));
    }

    private Reply delete(Request request) {
        credentials.delete(request.caller(), "identity:delete_credential", request.variable("credential_id"));
        return Reply.noContent();
    }

    private Reply listEc2(Request request) {
        var found = credentials.listEc2(request.caller(), request.variable("user_id"));
        return many(request, found.stream().map(c -> ec2(request, c)).toList());
    }

    private Reply createEc2(Request request) {
        var made = credentials.createEc2(
                request.caller(),
                request.variable("user_id"),
                request.body().get("tenant_id").asString());
        return one(201, ec2(request, made));
    }

    private Reply showEc2(Request request) {
        var found = credentials.ec2(
                request.caller(),
                "identity:ec2_get_credential",
                request.variable("user_id"),
                request.variable("access"));
        return one(200, ec2(request, found));
    }

    private Reply deleteEc2(Request request) {
        credentials.deleteEc2(request.caller(), request.variable("user_id"), request.variable("access"));
        return Reply.noContent();
    }
}
