package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.House.Answer;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class AppCredentialTest {
    @TempDir
    Path directory;

    private House house;
    private Cast cast;
    private String project = "";
    private String user = "";
    private String token = "";

    @BeforeEach
    void open() {
        house = House.sqlite(directory, "[application_credential]\nuser_limit = 3\n");
        people();
    }

    private void people() {
        cast = new Cast(house);
        project = cast.project("p");
        user = cast.user("u");
        cast.grant(project, user, cast.role("member"));
        token = house.token("u", "pw", "p");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private String all() {
        return "/v3/users/" + user + "/application_credentials";
    }

    private Answer create(String by, String name, Consumer<ObjectNode> change) {
        var body = Json.object();
        change.accept(body.putObject("application_credential").put("name", name).put("secret", "s"));
        return house.as(by, "POST", all(), body.toString());
    }

    private JsonNode made(String name, Consumer<ObjectNode> change) {
        var answer = create(token, name, change);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().get("application_credential");
    }

    private Answer login(JsonNode credential) {
        return house.login(Json.storedObject(
                "{\"auth\": {\"identity\": {\"methods\": [\"application_credential\"], \"application_credential\":"
                        + " {\"id\": \"" + credential.get("id").asString() + "\", \"secret\": \"s\"}}}}"));
    }

    private static void rule(ObjectNode credential, String service, String method, String path) {
        credential
                .withArrayProperty("access_rules")
                .addObject()
                .put("service", service)
                .put("method", method)
                .put("path", path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void accessRules_whenTheyComeWithCredentials_areSharedFilteredAndOutliveThem(String kind) throws IOException {
        house.close();
        house = House.on(kind, Files.createDirectory(directory.resolve(kind)));
        people();
        var one = made("one", c -> rule(c, "compute", "GET", "/v2.1/servers/*/ips"));
        var two = made("two", c -> {
            rule(c, "compute", "GET", "/v2.1/servers/*/ips");
            rule(c, "image", "GET", "/v2/images");
        });
        var shared = one.at("/access_rules/0/id").asString();
        assertThat(two.get("access_rules").findValuesAsString("id")).contains(shared);
        var three = made("three", c -> c.putArray("access_rules").addObject().put("id", shared));
        assertThat(three.at("/access_rules/0/path").asString()).isEqualTo("/v2.1/servers/*/ips");

        var rules = "/v3/users/" + user + "/access_rules";
        assertThat(house.as(token, "GET", rules).body().get("access_rules")).hasSize(2);
        assertThat(house.as(token, "GET", rules + "?service=image").body().get("access_rules"))
                .hasSize(1);
        assertThat(house.as(token, "GET", rules + "?method=PUT").body().get("access_rules"))
                .isEmpty();
        var demo = house.demo();
        assertThat(house.as(demo, "GET", rules).status()).isEqualTo(403);
        assertThat(house.as(demo, "GET", rules + "/" + shared).status()).isEqualTo(403);
        var shown = house.as(token, "GET", rules + "/" + shared);
        assertThat(shown.body().at("/access_rule/links/self").asString()).endsWith("/v3/access_rules/" + shared);

        assertThat(house.as(token, "DELETE", rules + "/" + shared).status()).isEqualTo(403);
        for (var credential : java.util.List.of(one, two, three))
            assertThat(house.as(
                                    token,
                                    "DELETE",
                                    all() + "/" + credential.get("id").asString())
                            .status())
                    .isEqualTo(204);
        assertThat(house.as(token, "GET", rules).body().get("access_rules")).hasSize(2);
        assertThat(house.as(token, "DELETE", rules + "/" + shared).status()).isEqualTo(204);
        assertThat(house.as(token, "GET", rules + "/" + shared).status()).isEqualTo(404);
        cast.delete("/v3/users/" + user);
        long left = house.db.read(tx -> tx.number("SELECT COUNT(*) AS n FROM identity_access_rule"));
        assertThat(left).isZero();
    }

    @Test
    void token_whenItsCredentialHasAccessRules_isGoodForThoseCallsOnly() {
        var credential = made("ruled", c -> {
            c.put("unrestricted", true);
            rule(c, "identity", "GET", "/v3/users/{user_id}");
            rule(c, "compute", "GET", "/v3/projects");
        });
        var answer = login(credential);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        var shown = answer.body().at("/token/application_credential/access_rules");
        assertThat(shown).isEqualTo(credential.get("access_rules"));
        var ruled = answer.header("X-Subject-Token");

        assertThat(house.as(ruled, "GET", "/v3/users/" + user).status()).isEqualTo(200);
        assertThat(house.validate(ruled, ruled).status()).isEqualTo(404);
        var aware = house.send(
                "GET",
                "/v3/auth/tokens",
                "",
                "X-Auth-Token",
                ruled,
                "X-Subject-Token",
                ruled,
                "OpenStack-Identity-Access-Rules",
                "1.0");
        assertThat(aware.status()).isEqualTo(200);
        assertThat(house.as(ruled, "PATCH", "/v3/users/" + user, "{\"user\": {\"name\": \"x\"}}")
                        .status())
                .isEqualTo(401);
        assertThat(house.as(ruled, "GET", "/v3/projects").status()).isEqualTo(401);
        assertThat(house.as(ruled, "GET", "/v3/users/" + user + "/projects").status())
                .isEqualTo(401);
        assertThat(house.as(ruled, "GET", "/v3/regions").message())
                .isEqualTo("The request you have made requires authentication.");

        // In a chain of services the first request was checked already.
        var service = cast.user("caller");
        cast.grant(project, service, cast.role("service"));
        var serviceToken = house.token("caller", "pw", "p");
        var chained = house.send("GET", "/v3/regions", "", "X-Auth-Token", ruled, "X-Service-Token", serviceToken);
        assertThat(chained.status()).isEqualTo(200);
        var forged = house.send("GET", "/v3/regions", "", "X-Auth-Token", ruled, "X-Service-Token", token);
        assertThat(forged.status()).isEqualTo(401);
    }

    @Test
    void token_whenItsCredentialIsRestricted_makesNoOthers_andWhenUnrestricted_noStrongerOnes() {
        var restricted = login(made("restricted", _ -> {})).header("X-Subject-Token");
        assertThat(create(restricted, "next", _ -> {}).status()).isEqualTo(403);
        assertThat(house.as(restricted, "GET", all()).status()).isEqualTo(200);

        var free = login(made("free", c -> {
                    c.put("unrestricted", true);
                    c.putArray("roles").addObject().put("name", "reader");
                }))
                .header("X-Subject-Token");
        var stronger =
                create(free, "stronger", c -> c.putArray("roles").addObject().put("name", "member"));
        assertThat(stronger.status()).isEqualTo(400);
        assertThat(stronger.message())
                .isEqualTo("Invalid application credential: Cannot create an application credential with unassigned"
                        + " role");
        var next = create(free, "next", _ -> {});
        assertThat(next.status()).isEqualTo(201);
        assertThat(next.body().at("/application_credential/roles").findValuesAsString("name"))
                .containsExactly("reader");
        var trust = "{\"trust\": {\"trustor_user_id\": \"" + user + "\", \"trustee_user_id\": \"" + user
                + "\", \"impersonation\": false, \"project_id\": \"" + project
                + "\", \"roles\": [{\"name\": \"reader\"}]}}";
        assertThat(house.as(free, "POST", "/v3/OS-TRUST/trusts", trust).status())
                .isEqualTo(403);
        assertThat(create(token, "too many", _ -> {}).status()).isEqualTo(403);
    }

    @Test
    void credential_whenRolesAreChosen_givesThemAndWhatTheyImply_asLongAsTheUserHasThem() {
        var member = cast.role("member");
        var credential = made("c", c -> c.putArray("roles").addObject().put("id", member));
        assertThat(credential.get("roles").findValuesAsString("name")).containsExactlyInAnyOrder("member", "reader");
        assertThat(create(token, "a", c -> c.putArray("roles").addObject().put("name", "admin"))
                        .status())
                .isEqualTo(400);
        assertThat(create(token, "a", c -> c.put("expires_at", "2001-01-01T00:00:00"))
                        .status())
                .isEqualTo(400);
        assertThat(create(token, "a", c -> rule(c, "compute", "LOOK", "/")).status())
                .isEqualTo(400);
        var subject = login(credential).header("X-Subject-Token");
        assertThat(house.validate(cast.admin, subject).status()).isEqualTo(200);
        cast.revoke(project, user, member);
        assertThat(house.validate(cast.admin, subject).status()).isEqualTo(404);
        assertThat(login(credential).status()).isEqualTo(401);
    }
}
