package cloud.yun.identity;

import cloud.yun.identity.House.Answer;
import cloud.yun.kernel.json.Json;
import tools.jackson.databind.node.ObjectNode;

/// Users and projects for a test, made through the API by the cloud's admin.
final class Cast {
    final House house;
    final String admin;

    Cast(House house) {
        this.house = house;
        this.admin = house.admin();
    }

    private String made(String collection, String kind, ObjectNode object) {
        var body = Json.object();
        body.set(kind, object);
        var answer = house.as(admin, "POST", "/v3/" + collection, body.toString());
        if (answer.status() != 201) throw new IllegalStateException(answer.toString());
        return answer.body().at("/" + kind + "/id").asString();
    }

    /// @return the id of a new project of that name
    String project(String name) {
        return made("projects", "project", Json.object().put("name", name));
    }

    /// @return the id of a new user of that name, whose password is `pw`
    String user(String name) {
        return made("users", "user", Json.object().put("name", name).put("password", "pw"));
    }

    String role(String name) {
        return house.as(admin, "GET", "/v3/roles?name=" + name)
                .body()
                .at("/roles/0/id")
                .asString();
    }

    String newRole(String name) {
        return made("roles", "role", Json.object().put("name", name));
    }

    void grant(String project, String user, String role) {
        done(house.as(admin, "PUT", "/v3/projects/" + project + "/users/" + user + "/roles/" + role));
    }

    void revoke(String project, String user, String role) {
        done(house.as(admin, "DELETE", "/v3/projects/" + project + "/users/" + user + "/roles/" + role));
    }

    void patchUser(String user, String fields) {
        done(house.as(admin, "PATCH", "/v3/users/" + user, "{\"user\": " + fields + "}"));
    }

    void delete(String path) {
        done(house.as(admin, "DELETE", path));
    }

    private static void done(Answer answer) {
        if (answer.status() >= 300) throw new IllegalStateException(answer.toString());
    }

    /// A token of the user without a scope, or with the one given.
    Answer login(String user, String scope) {
        var auth = House.password(user, "pw");
        ((ObjectNode) auth.get("auth")).set("scope", Json.stored(scope));
        return house.login(auth);
    }

    Answer byTrust(String user, String trust) {
        return login(user, "{\"OS-TRUST:trust\": {\"id\": \"" + trust + "\"}}");
    }
}
