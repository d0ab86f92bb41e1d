package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ResourceTest {
    @TempDir
    Path directory;

    private static String made(House house, String admin, String collection, String kind, String fields) {
        var answer = house.as(admin, "POST", "/v3/" + collection, "{\"" + kind + "\": {" + fields + "}}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().at("/" + kind + "/id").asString();
    }

    private static String role(House house, String admin, String name) {
        return house.as(admin, "GET", "/v3/roles?name=" + name)
                .body()
                .at("/roles/0/id")
                .asString();
    }

    private static List<String> names(JsonNode list) {
        return list.findValuesAsString("name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.19")
    void endpoints_whenChanged_showInTheCatalogOfTheNextToken_withVariablesExpanded(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var service =
                    made(house, admin, "services", "service", "\"type\": \"key-manager\", \"name\": \"barbican\"");
            var endpoint = made(
                    house,
                    admin,
                    "endpoints",
                    "endpoint",
                    "\"service_id\": \"" + service + "\", \"interface\": \"public\", \"region_id\": \"RegionOne\","
                            + " \"url\": \"http://keys/%(tenant_id)s/$(user_id)s\"");
            var token = house.login(House.withProject(House.password("admin", House.ADMIN_PASSWORD), "admin"))
                    .body()
                    .get("token");
            assertThat(token.get("catalog").findValuesAsString("url"))
                    .contains("http://keys/" + token.at("/project/id").asString() + "/"
                            + token.at("/user/id").asString());
            house.as(admin, "PATCH", "/v3/endpoints/" + endpoint, "{\"endpoint\": {\"enabled\": false}}");
            var later = house.validate(admin, house.admin()).body();
            assertThat(later.at("/token/catalog").findValuesAsString("url")).noneMatch(u -> u.contains("keys"));
            house.as(
                    admin,
                    "PATCH",
                    "/v3/endpoints/" + endpoint,
                    "{\"endpoint\": {\"url\": \"http://new\"," + " \"enabled\": true}}");
            assertThat(house.as(admin, "GET", "/v3/auth/catalog").body().findValuesAsString("url"))
                    .contains("http://new");
            var bad = house.as(
                    admin, "PATCH", "/v3/endpoints/" + endpoint, "{\"endpoint\": {\"url\": \"http://$(x)s\"}}");
            assertThat(bad.status()).isEqualTo(400);
            assertThat(house.as(admin, "DELETE", "/v3/regions/RegionOne").status())
                    .isEqualTo(403);
            house.as(admin, "DELETE", "/v3/services/" + service);
            assertThat(house.as(admin, "GET", "/v3/endpoints/" + endpoint).status())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.18")
    void endpoints_whenBootstrapped_areThreePerServiceAndRegion(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            for (var service : house.as(admin, "GET", "/v3/services").body().get("services")) {
                var path = "/v3/endpoints?region_id=RegionOne&service_id="
                        + service.get("id").asString();
                assertThat(house.as(admin, "GET", path).body().findValuesAsString("interface"))
                        .containsExactlyInAnyOrder("public", "internal", "admin");
                var one = house.as(admin, "GET", path + "&interface=admin").body();
                assertThat(one.get("endpoints")).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.20")
    void roles_whenImpliedOrOfADomain_workOutInTheToken(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var project = made(house, admin, "projects", "project", "\"name\": \"p\"");
            var user = made(house, admin, "users", "user", "\"name\": \"u\", \"password\": \"pw\"");
            var prior = made(house, admin, "roles", "role", "\"name\": \"prior\"");
            var implied = made(house, admin, "roles", "role", "\"name\": \"implied\"");
            var local = made(house, admin, "roles", "role", "\"name\": \"local\", \"domain_id\": \"default\"");
            assertThat(names(house.as(admin, "GET", "/v3/roles").body())).doesNotContain("local");
            assertThat(names(house.as(admin, "GET", "/v3/roles?domain_id=default")
                            .body()))
                    .containsExactly("local");
            house.as(admin, "PUT", "/v3/roles/" + local + "/implies/" + prior);
            var rule = "/v3/roles/" + prior + "/implies/" + implied;
            assertThat(house.as(admin, "PUT", rule).status()).isEqualTo(201);
            assertThat(house.as(admin, "HEAD", rule).status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", rule).status()).isEqualTo(200);
            var toAdmin = "/v3/roles/" + prior + "/implies/" + role(house, admin, "admin");
            assertThat(house.as(admin, "PUT", toAdmin).status()).isEqualTo(403);

            house.as(admin, "PUT", "/v3/projects/" + project + "/users/" + user + "/roles/" + local);
            var token = house.token("u", "pw", "p");
            assertThat(names(house.validate(admin, token).body().at("/token/roles")))
                    .containsExactlyInAnyOrder("prior", "implied");
            house.as(admin, "DELETE", rule);
            assertThat(names(house.validate(admin, token).body().at("/token/roles")))
                    .containsExactly("prior");

            assertThat(house.as(admin, "PATCH", "/v3/roles/" + prior, "{\"role\": {\"name\": \"admin\"}}")
                            .status())
                    .isEqualTo(409);
            assertThat(house.as(admin, "DELETE", "/v3/roles/" + role(house, admin, "member"))
                            .status())
                    .isEqualTo(403);
            assertThat(house.as(admin, "DELETE", "/v3/roles/" + prior).status()).isEqualTo(204);
            assertThat(house.validate(admin, token).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void assignments_whenInheritedAndByGroup_reachProjectsBelow(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var top = made(house, admin, "projects", "project", "\"name\": \"top\"");
            var below =
                    made(house, admin, "projects", "project", "\"name\": \"below\", \"parent_id\": \"" + top + "\"");
            var user = made(house, admin, "users", "user", "\"name\": \"u\", \"password\": \"pw\"");
            var group = made(house, admin, "groups", "group", "\"name\": \"g\"");
            var member = role(house, admin, "member");
            house.as(admin, "PUT", "/v3/groups/" + group + "/users/" + user);
            var grant = "/v3/OS-INHERIT/projects/" + top + "/groups/" + group + "/roles/" + member
                    + "/inherited_to_projects";
            assertThat(house.as(admin, "PUT", grant).status()).isEqualTo(204);
            assertThat(house.as(admin, "HEAD", grant).status()).isEqualTo(204);

            assertThat(house.login(House.withProject(House.password("u", "pw"), "top"))
                            .status())
                    .isEqualTo(401);
            var token = house.token("u", "pw", "below");
            assertThat(names(house.as(token, "GET", "/v3/auth/projects").body().get("projects")))
                    .containsExactly("below");

            var effective = house.as(admin, "GET", "/v3/role_assignments?effective&include_names&user.id=" + user);
            assertThat(effective.body().get("role_assignments").findValuesAsString("prior_role"))
                    .hasSize(1);
            var first = effective.body().at("/role_assignments/0");
            assertThat(first.at("/scope/project/id").asString()).isEqualTo(below);
            assertThat(first.at("/scope/OS-INHERIT:inherited_to").asString()).isEqualTo("projects");
            assertThat(first.at("/user/domain/name").asString()).isEqualTo("Default");
            assertThat(first.at("/links/assignment").asString()).endsWith(grant);
            assertThat(first.at("/links/membership").asString()).endsWith("/groups/" + group + "/users/" + user);
            var stored = house.as(
                    admin, "GET", "/v3/role_assignments?group.id=" + group + "&scope.OS-INHERIT:inherited_to=projects");
            assertThat(stored.body().get("role_assignments")).hasSize(1);
            var tree = house.as(admin, "GET", "/v3/role_assignments?include_subtree&scope.project.id=" + top);
            assertThat(tree.body().get("role_assignments")).hasSize(1);
            for (var bad : List.of(
                    "user.id=a&group.id=b",
                    "scope.project.id=a&scope.domain.id=b",
                    "effective&group.id=a",
                    "include_subtree",
                    "scope.system=all&scope.domain.id=b"))
                assertThat(house.as(admin, "GET", "/v3/role_assignments?" + bad).status())
                        .as(bad)
                        .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void projects_whenInATree_keepItsRules(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var parent = "default";
            for (int depth = 1; depth <= 5; depth++)
                parent = made(
                        house,
                        admin,
                        "projects",
                        "project",
                        "\"name\": \"d" + depth + "\", \"parent_id\": \"" + parent + "\"");
            var deep = house.as(
                    admin,
                    "POST",
                    "/v3/projects",
                    "{\"project\": {\"name\": \"d6\", \"parent_id\": \"" + parent + "\"}}");
            assertThat(deep.status()).isEqualTo(403);
            var shown = house.as(admin, "GET", "/v3/projects/" + parent + "?parents_as_list&subtree_as_list")
                    .body()
                    .get("project");
            // Lists show only where the caller has a role.
            assertThat(shown.get("parents")).isEmpty();
            assertThat(shown.get("subtree")).isEmpty();
            assertThat(house.as(admin, "PATCH", "/v3/projects/" + parent, "{\"project\": {\"parent_id\": \"x\"}}")
                            .status())
                    .isEqualTo(403);
            assertThat(house.as(admin, "PATCH", "/v3/projects/" + parent, "{\"project\": {\"domain_id\": \"x\"}}")
                            .status())
                    .isEqualTo(400);
            var tagged = made(house, admin, "projects", "project", "\"name\": \"t\", \"tags\": [\"a\", \"b\"]");
            for (var query : List.of("tags=a,b", "tags-any=b,z", "not-tags=a,z", "not-tags-any=z"))
                assertThat(house.as(admin, "GET", "/v3/projects?" + query)
                                .body()
                                .findValuesAsString("id"))
                        .as(query)
                        .contains(tagged);
            for (var query : List.of("tags=a,z", "tags-any=z", "not-tags=a,b", "not-tags-any=a,z"))
                assertThat(house.as(admin, "GET", "/v3/projects?" + query)
                                .body()
                                .findValuesAsString("id"))
                        .as(query)
                        .doesNotContain(tagged);
            var fixed =
                    made(house, admin, "projects", "project", "\"name\": \"i\", \"options\": {\"immutable\": true}");
            assertThat(house.as(admin, "DELETE", "/v3/projects/" + fixed).status())
                    .isEqualTo(403);
            var free = "{\"project\": {\"options\": {\"immutable\": false}}}";
            assertThat(house.as(admin, "PATCH", "/v3/projects/" + fixed, free).status())
                    .isEqualTo(200);
            assertThat(house.as(admin, "DELETE", "/v3/projects/" + fixed).status())
                    .isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void domain_whenDeleted_takesAllThatIsInIt(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var domain = made(house, admin, "domains", "domain", "\"name\": \"d\"");
            var in = "\"domain_id\": \"" + domain + "\"";
            var project = made(house, admin, "projects", "project", "\"name\": \"p\", " + in);
            var child =
                    made(house, admin, "projects", "project", "\"name\": \"c\", \"parent_id\": \"" + project + "\"");
            var user = made(house, admin, "users", "user", "\"name\": \"u\", \"password\": \"pw\", " + in);
            made(house, admin, "groups", "group", "\"name\": \"g\", " + in);
            made(house, admin, "roles", "role", "\"name\": \"r\", " + in);
            house.as(
                    admin,
                    "PUT",
                    "/v3/projects/" + child + "/users/" + user + "/roles/" + role(house, admin, "member"));
            assertThat(house.as(admin, "DELETE", "/v3/domains/" + domain).status())
                    .isEqualTo(403);
            house.as(admin, "PATCH", "/v3/domains/" + domain, "{\"domain\": {\"enabled\": false}}");
            assertThat(house.as(admin, "DELETE", "/v3/domains/" + domain).status())
                    .isEqualTo(204);
            for (var path : List.of("/v3/projects/" + project, "/v3/projects/" + child, "/v3/users/" + user))
                assertThat(house.as(admin, "GET", path).status()).as(path).isEqualTo(404);
            assertThat(house.as(admin, "GET", "/v3/groups").body().get("groups"))
                    .isEmpty();
            assertThat(house.as(admin, "GET", "/v3/role_assignments?user.id=" + user)
                            .body()
                            .get("role_assignments"))
                    .isEmpty();
            assertThat(house.module.invariants())
                    .allSatisfy(i -> assertThat(i.violations()).isEmpty());
            house.db.write(tx -> tx.update("UPDATE identity_assignment SET actor_id = 'ghost', target_id = 'nowhere'"
                    + " WHERE target_type = 'project'"
                    + " AND role_id <> (SELECT id FROM identity_role WHERE name = 'service')"));
            assertThat(house.module.invariants().getFirst().violations()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void applicationCredential_whenRestricted_givesItsRolesAndCannotMakeMore(String kind) {
        try (var house = House.on(kind, directory)) {
            var demo = house.demo();
            var who = house.validate(demo, demo).body().at("/token/user/id").asString();
            var path = "/v3/users/" + who + "/application_credentials";
            var body = "{\"application_credential\": {\"name\": \"a\", \"roles\": [{\"name\": \"reader\"}]}}";
            var made = house.as(demo, "POST", path, body).body().get("application_credential");
            var login =
                    "{\"auth\": {\"identity\": {\"methods\": [\"application_credential\"], \"application_credential\":"
                            + " {\"name\": \"a\", \"user\": {\"name\": \"demo\", \"domain\": {\"id\": \"default\"}},"
                            + " \"secret\": \"%s\"}}}}";
            var secret = made.get("secret").asString();
            var answer = house.send("POST", "/v3/auth/tokens", login.formatted(secret));
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
            var token = answer.header("X-Subject-Token");
            // A change elsewhere makes the token be read anew, not only remembered.
            made(house, house.admin(), "projects", "project", "\"name\": \"other\"");
            var read = house.validate(token, token);
            assertThat(names(read.body().at("/token/roles"))).containsExactly("reader");
            assertThat(read.body()
                            .at("/token/application_credential/restricted")
                            .asBoolean())
                    .isTrue();
            assertThat(house.as(token, "POST", path, "{\"application_credential\": {\"name\": \"b\"}}")
                            .status())
                    .isEqualTo(403);
            assertThat(house.send("POST", "/v3/auth/tokens", login.formatted("wrong"))
                            .status())
                    .isEqualTo(401);
            var tooMuch = "{\"application_credential\": {\"name\": \"c\", \"roles\": [{\"name\": \"admin\"}]}}";
            assertThat(house.as(demo, "POST", path, tooMuch).status()).isEqualTo(400);
            var past = "{\"application_credential\": {\"name\": \"d\", \"expires_at\": \"2001-01-01T00:00:00\"}}";
            assertThat(house.as(demo, "POST", path, past).status()).isEqualTo(400);
            assertThat(house.as(demo, "DELETE", path + "/" + made.get("id").asString())
                            .status())
                    .isEqualTo(204);
            assertThat(house.validate(demo, token).status()).isEqualTo(404);
        }
    }
}
