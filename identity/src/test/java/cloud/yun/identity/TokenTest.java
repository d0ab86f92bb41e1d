package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTest {
    @TempDir
    Path directory;

    private House house;

    @BeforeEach
    void open() {
        house = House.sqlite(directory);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    @Requirement("S0.1")
    void login_whenPasswordIsRight_answersTokenOfProject_elseRefuses() {
        var good = house.login(House.withProject(House.password("admin", House.ADMIN_PASSWORD), "admin"));
        assertThat(good.status()).isEqualTo(201);
        assertThat(good.header("X-Subject-Token")).startsWith("gAAAA");
        assertThat(good.body().at("/token/project/id").asString()).matches("[0-9a-f]{32}");

        var wrong = house.login(House.withProject(House.password("admin", "nope"), "admin"));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.message()).isEqualTo("The request you have made requires authentication.");
    }

    @Test
    @Requirement({"S3.6", "S3.7"})
    void login_whenScopedToProject_answersAllOfToken() {
        var answer = house.login(House.withProject(House.password("admin", House.ADMIN_PASSWORD), "admin"));
        var token = answer.body().get("token");
        assertThat(token.propertyNames())
                .containsExactly(
                        "methods",
                        "user",
                        "audit_ids",
                        "expires_at",
                        "issued_at",
                        "project",
                        "is_domain",
                        "roles",
                        "catalog");
        assertThat(token.get("roles").findValuesAsString("name"))
                .containsExactlyInAnyOrder("admin", "manager", "member", "reader");
        assertThat(token.get("catalog").findValuesAsString("url"))
                .contains("http://cloud.example/volume/v3/"
                        + token.at("/project/id").asString());
        assertThat(token.get("audit_ids").get(0).asString()).hasSize(22);
        assertThat(answer.header("X-Subject-Token")).hasSizeLessThan(255).matches("[A-Za-z0-9_-]+");
    }

    @Test
    @Requirement("S3.9")
    void validate_whenTokenIsRevoked_is404AndTokenIsRefused() {
        var admin = house.admin();
        var demo = house.demo();
        assertThat(house.validate(admin, demo).status()).isEqualTo(200);
        assertThat(house.validate(admin, demo).body().at("/token/user/name").asString())
                .isEqualTo("demo");
        assertThat(house.send("DELETE", "/v3/auth/tokens", "", "X-Auth-Token", admin, "X-Subject-Token", demo)
                        .status())
                .isEqualTo(204);
        assertThat(house.validate(admin, demo).status()).isEqualTo(404);
        assertThat(house.as(demo, "GET", "/v3/auth/projects").status()).isEqualTo(401);
        assertThat(house.module.authenticator().authenticate(demo)).isEmpty();
        assertThat(house.as(house.demo(), "GET", "/v3/auth/projects").status()).isEqualTo(200);
    }

    @Test
    void login_whenBodyIsBad_says400() {
        assertThat(house.send("POST", "/v3/auth/tokens", "{").status()).isEqualTo(400);
        assertThat(house.send("POST", "/v3/auth/tokens", "{}").status()).isEqualTo(400);
        assertThat(house.send("POST", "/v3/auth/tokens", "{\"auth\": {}}").status())
                .isEqualTo(400);
        assertThat(house.send("POST", "/v3/auth/tokens", "[1]").status()).isEqualTo(400);
        var method = Json.object();
        method.putObject("auth").putObject("identity").put("methods", "password");
        assertThat(house.login(method).status()).isEqualTo(400);
    }
}
