package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ScopeTest {
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

    private static ObjectNode scoped(String scope) {
        var auth = House.password("admin", House.ADMIN_PASSWORD);
        ((ObjectNode) auth.get("auth")).set("scope", Json.stored(scope));
        return auth;
    }

    private static ObjectNode fromToken(String token, String scope) {
        var auth = Json.object();
        var inner = auth.putObject("auth");
        inner.putObject("identity").putObject("token").put("id", token);
        ((ObjectNode) inner.get("identity")).putArray("methods").add("token");
        if (!scope.isEmpty()) inner.set("scope", Json.stored(scope));
        return auth;
    }

    private static JsonNode token(House.Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().get("token");
    }

    @Test
    @Requirement("S1.81")
    void bootstrap_whenAdminLogsIn_hasUserRoleProjectAndCatalog_butNoneUnscoped() {
        var scoped = token(house.login(House.withProject(House.password("admin", House.ADMIN_PASSWORD), "admin")));
        assertThat(scoped.get("roles").findValuesAsString("name")).contains("admin");
        assertThat(scoped.get("catalog").findValuesAsString("type")).contains("identity", "compute", "volumev3");
        var unscoped = token(house.login(scoped("\"unscoped\"")));
        assertThat(unscoped.has("catalog")).isFalse();
        assertThat(unscoped.has("roles")).isFalse();
        var catalog =
                house.as(house.login(scoped("\"unscoped\"")).header("X-Subject-Token"), "GET", "/v3/auth/catalog");
        assertThat(catalog.status()).isEqualTo(403);
    }

    @Test
    void bootstrap_whenRepeated_changesNothingButAddresses() {
        var before = house.as(house.admin(), "GET", "/v3/role_assignments?include_names")
                .body();
        house.module.bootstrap(House.bootstrap());
        assertThat(house.as(house.admin(), "GET", "/v3/role_assignments?include_names")
                        .body())
                .isEqualTo(before);
        assertThat(house.as(house.admin(), "GET", "/v3/endpoints").body().get("endpoints"))
                .hasSize(9);
    }

    @Test
    void login_whenScopeIsDomainOrSystem_saysSo() {
        var domain = token(house.login(scoped("{\"domain\": {\"name\": \"Default\"}}")));
        assertThat(domain.at("/domain/id").asString()).isEqualTo("default");
        assertThat(domain.has("project")).isFalse();
        var system = token(house.login(scoped("{\"system\": {\"all\": true}}")));
        assertThat(system.at("/system/all").asBoolean()).isTrue();
        assertThat(system.get("catalog").findValuesAsString("url"))
                .noneMatch(url -> url.contains("/volume/"))
                .anyMatch(url -> url.contains("/compute/"));
    }

    @Test
    void login_whenScopeIsNotTheCallers_is401_andWhenMalformed400() {
        for (var scope : new String[] {
            "{\"project\": {\"name\": \"nosuch\", \"domain\": {\"id\": \"default\"}}}",
            "{\"project\": {\"id\": \"0123456789abcdef0123456789abcdef\"}}",
            "{\"domain\": {\"id\": \"nosuch\"}}"
        }) assertThat(house.login(scoped(scope)).status()).isEqualTo(401);
        for (var scope : new String[] {
            "{}",
            "{\"project\": {}}",
            "{\"project\": {\"name\": \"admin\"}}",
            "{\"project\": 3}",
            "{\"domain\": {}}",
            "{\"project\": {\"id\": \"a\"}, \"domain\": {\"id\": \"default\"}}",
            "{\"system\": {}}",
            "7"
        }) assertThat(house.login(scoped(scope)).status()).as(scope).isEqualTo(400);
        var demo = House.password("demo", House.DEMO_PASSWORD);
        assertThat(house.login(House.withProject(demo, "admin")).status()).isEqualTo(401);
    }

    @Test
    @Requirement("S3.3")
    void login_whenByToken_rescopesInTheSameChainAndLife() {
        var first = house.login(scoped("\"unscoped\""));
        var second = house.login(fromToken(
                first.header("X-Subject-Token"),
                "{\"project\": {\"name\": \"admin\", \"domain\": {\"id\": \"default\"}}}"));
        var old = first.body().get("token");
        var token = token(second);
        assertThat(token.at("/project/name").asString()).isEqualTo("admin");
        assertThat(token.get("methods").valueStream().map(JsonNode::asString)).containsExactly("password", "token");
        assertThat(token.get("expires_at")).isEqualTo(old.get("expires_at"));
        assertThat(token.at("/audit_ids/1")).isEqualTo(old.at("/audit_ids/0"));
        assertThat(token.at("/audit_ids/0")).isNotEqualTo(old.at("/audit_ids/0"));
        assertThat(house.login(fromToken("gAAAAAnonsense", "")).status()).isEqualTo(404);
    }

    @Test
    @Requirement("S0.4")
    void login_whenRepeated_givesAnotherToken_andBothHold() {
        var first = house.admin();
        var second = house.admin();
        assertThat(first).isNotEqualTo(second);
        assertThat(house.validate(first, second).status()).isEqualTo(200);
        assertThat(house.validate(second, first).status()).isEqualTo(200);
    }

    @Test
    void login_whenUserHasDefaultProject_isScopedToIt() {
        var admin = house.admin();
        var mine = house.validate(admin, admin).body().at("/token");
        var user = "/v3/users/" + mine.at("/user/id").asString();
        var project = mine.at("/project/id").asString();
        house.as(admin, "PATCH", user, "{\"user\": {\"default_project_id\": \"" + project + "\"}}");
        var plain = House.password("admin", House.ADMIN_PASSWORD);
        assertThat(token(house.login(plain)).at("/project/id").asString()).isEqualTo(project);
        assertThat(token(house.login(scoped("\"unscoped\""))).has("project")).isFalse();
        var nocatalog = house.send("POST", "/v3/auth/tokens?nocatalog", plain.toString());
        assertThat(token(nocatalog).has("catalog")).isFalse();
    }

    @Test
    @Requirement("S3.15")
    void projects_whenUserIsInSeveral_listsThem_andEachCanBeScoped() {
        var admin = house.admin();
        var demo =
                house.validate(admin, house.demo()).body().at("/token/user/id").asString();
        var member = house.as(admin, "GET", "/v3/roles?name=member")
                .body()
                .at("/roles/0/id")
                .asString();
        var more = house.as(admin, "POST", "/v3/projects", "{\"project\": {\"name\": \"second\"}}");
        var id = more.body().at("/project/id").asString();
        house.as(admin, "PUT", "/v3/projects/" + id + "/users/" + demo + "/roles/" + member);
        var projects = house.as(house.demo(), "GET", "/v3/auth/projects").body().get("projects");
        assertThat(projects.findValuesAsString("name")).containsExactlyInAnyOrder("demo", "second");
        for (var name : projects.findValuesAsString("name"))
            assertThat(house.token("demo", House.DEMO_PASSWORD, name)).isNotEmpty();
    }

    @Test
    @Requirement("S3.10")
    void expiration_whenNotConfigured_isADay() {
        var token = token(house.login(scoped("\"unscoped\"")));
        var life = Duration.between(
                Instant.parse(token.get("issued_at").asString()),
                Instant.parse(token.get("expires_at").asString()));
        assertThat(life).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void expiration_whenConfigured_isThat(@TempDir Path other) {
        try (var short0 = House.sqlite(other, "[token]\nexpiration = 3600\n")) {
            var token = token(short0.login(scoped("\"unscoped\"")));
            assertThat(Instant.parse(token.get("expires_at").asString()))
                    .isEqualTo(Instant.parse(token.get("issued_at").asString()).plusSeconds(3600));
        }
    }
}
