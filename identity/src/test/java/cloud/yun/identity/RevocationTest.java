package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a token rests on changes: the token is refused by the very next call.
class RevocationTest {
    @TempDir
    Path directory;

    private static String id(House.Answer answer, String kind) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().get(kind).get("id").asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement({"S3.8", "S3.14"})
    void change_whenTokenRestsOnIt_refusesTokenAtOnce(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var project = id(house.as(admin, "POST", "/v3/projects", "{\"project\": {\"name\": \"p\"}}"), "project");
            var user = id(
                    house.as(admin, "POST", "/v3/users", "{\"user\": {\"name\": \"u\", \"password\": \"one\"}}"),
                    "user");
            var group = id(house.as(admin, "POST", "/v3/groups", "{\"group\": {\"name\": \"g\"}}"), "group");
            var role = house.as(admin, "GET", "/v3/roles?name=member")
                    .body()
                    .at("/roles/0/id")
                    .asString();
            var noRole = house.login(House.withProject(House.password("u", "one"), "p"));
            assertThat(noRole.status()).isEqualTo(401);
            var grant = "/v3/projects/" + project + "/users/" + user + "/roles/" + role;
            var groupGrant = "/v3/projects/" + project + "/groups/" + group + "/roles/" + role;

            assertThat(house.as(admin, "PUT", grant).status()).isEqualTo(204);
            var byRole = house.token("u", "one", "p");
            assertThat(house.validate(admin, byRole).status()).isEqualTo(200);
            assertThat(house.as(admin, "DELETE", grant).status()).isEqualTo(204);
            refused(house, admin, byRole);

            house.as(admin, "PUT", groupGrant);
            var member = "/v3/groups/" + group + "/users/" + user;
            house.as(admin, "PUT", member);
            var byGroup = house.token("u", "one", "p");
            house.as(admin, "DELETE", member);
            refused(house, admin, byGroup);
            house.as(admin, "PUT", member);

            var beforePassword = house.token("u", "one", "p");
            assertThat(house.as(admin, "PATCH", "/v3/users/" + user, "{\"user\": {\"password\": \"two\"}}")
                            .status())
                    .isEqualTo(200);
            refused(house, admin, beforePassword);
            assertThat(house.login(House.password("u", "one")).status()).isEqualTo(401);
            // In the same second: the new token is good, and so stays.
            var afterPassword = house.token("u", "two", "p");
            assertThat(house.validate(admin, afterPassword).status()).isEqualTo(200);

            var self = house.send(
                    "POST",
                    "/v3/users/" + user + "/password",
                    "{\"user\": {\"original_password\": \"two\", \"password\": \"three\"}}");
            assertThat(self.status()).isEqualTo(204);
            refused(house, admin, afterPassword);

            var beforeProject = house.token("u", "three", "p");
            house.as(admin, "PATCH", "/v3/projects/" + project, "{\"project\": {\"enabled\": false}}");
            refused(house, admin, beforeProject);
            house.as(admin, "PATCH", "/v3/projects/" + project, "{\"project\": {\"enabled\": true}}");
            refused(house, admin, beforeProject);
            var beforeDisable = house.token("u", "three", "p");
            assertThat(house.validate(admin, beforeDisable).status()).isEqualTo(200);
            house.as(admin, "PATCH", "/v3/users/" + user, "{\"user\": {\"enabled\": false}}");
            refused(house, admin, beforeDisable);
            assertThat(house.login(House.password("u", "three")).status()).isEqualTo(401);
            house.as(admin, "PATCH", "/v3/users/" + user, "{\"user\": {\"enabled\": true}}");
            refused(house, admin, beforeDisable);
            var beforeDelete = house.token("u", "three", "p");
            assertThat(house.as(admin, "DELETE", "/v3/users/" + user).status()).isEqualTo(204);
            refused(house, admin, beforeDelete);
        }
    }

    private static void refused(House house, String admin, String token) {
        assertThat(house.validate(admin, token).status()).isEqualTo(404);
        assertThat(house.as(token, "GET", "/v3/auth/projects").status()).isEqualTo(401);
        assertThat(house.module.authenticator().authenticate(token)).isEmpty();
    }
}
