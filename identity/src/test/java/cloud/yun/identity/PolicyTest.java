package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
    @TempDir
    Path directory;

    private House house;
    private String admin = "";
    private String project = "";

    @BeforeEach
    void open() {
        house = House.sqlite(directory);
        admin = house.admin();
        project = made("POST", "/v3/projects", "{\"project\": {\"name\": \"p\"}}", "project");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private String made(String method, String path, String body, String kind) {
        var answer = house.as(admin, method, path, body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().at("/" + kind + "/id").asString();
    }

    private String role(String name) {
        return house.as(admin, "GET", "/v3/roles?name=" + name)
                .body()
                .at("/roles/0/id")
                .asString();
    }

    /// @return a user of project `p` who has this role there
    private String user(String name, String role) {
        var id = made("POST", "/v3/users", "{\"user\": {\"name\": \"" + name + "\", \"password\": \"pw\"}}", "user");
        assertThat(house.as(admin, "PUT", grant(project, id, role(role))).status())
                .isEqualTo(204);
        return id;
    }

    private static String grant(String project, String user, String role) {
        return "/v3/projects/" + project + "/users/" + user + "/roles/" + role;
    }

    private int status(String token, String method, String path, String body) {
        return house.as(token, method, path, body).status();
    }

    @Test
    @Requirement("S1.69")
    void projectAdmin_whenInItsProject_managesUsersAndRoles_andNothingOutside() {
        user("pa", "project_admin");
        var pa = house.token("pa", "pw", "p");
        var other = made("POST", "/v3/projects", "{\"project\": {\"name\": \"other\"}}", "project");
        var demo =
                house.validate(admin, house.demo()).body().at("/token/user/id").asString();
        var adminId = house.validate(admin, admin).body().at("/token/user/id").asString();

        var own = "{\"user\": {\"name\": \"mine\", \"password\": \"x\", \"default_project_id\": \"" + project + "\"}}";
        var mine = house.as(pa, "POST", "/v3/users", own);
        assertThat(mine.status()).as(mine.body().toString()).isEqualTo(201);
        var id = mine.body().at("/user/id").asString();
        assertThat(status(pa, "PUT", grant(project, id, role("member")), "")).isEqualTo(204);
        assertThat(status(pa, "GET", "/v3/projects/" + project + "/users/" + id + "/roles", ""))
                .isEqualTo(200);
        assertThat(status(pa, "GET", "/v3/role_assignments?scope.project.id=" + project, ""))
                .isEqualTo(200);
        assertThat(status(pa, "PATCH", "/v3/users/" + id, "{\"user\": {\"password\": \"y\"}}"))
                .isEqualTo(200);
        assertThat(house.token("mine", "y", "p")).isNotEmpty();
        assertThat(status(pa, "DELETE", grant(project, id, role("member")), "")).isEqualTo(204);

        assertThat(status(pa, "PUT", grant(project, id, role("admin")), "")).isEqualTo(403);
        assertThat(status(pa, "PUT", grant(project, id, role("project_admin")), ""))
                .isEqualTo(403);
        assertThat(status(pa, "PUT", grant(other, id, role("member")), "")).isEqualTo(403);
        assertThat(status(
                        pa,
                        "PUT",
                        "/v3/OS-INHERIT" + grant(project, id, role("member")).substring(3) + "/inherited_to_projects",
                        ""))
                .isEqualTo(403);
        assertThat(status(pa, "PATCH", "/v3/users/" + demo, "{\"user\": {\"password\": \"y\"}}"))
                .isEqualTo(403);
        assertThat(status(pa, "PATCH", "/v3/users/" + adminId, "{\"user\": {\"password\": \"y\"}}"))
                .isEqualTo(403);
        assertThat(status(pa, "GET", "/v3/role_assignments", "")).isEqualTo(403);
        assertThat(status(pa, "GET", "/v3/role_assignments?scope.project.id=" + other, ""))
                .isEqualTo(403);
        assertThat(status(pa, "GET", "/v3/users", "")).isEqualTo(403);
        assertThat(status(pa, "POST", "/v3/projects", "{\"project\": {\"name\": \"x\"}}"))
                .isEqualTo(403);
        var foreign = "{\"user\": {\"name\": \"f\", \"default_project_id\": \"" + other + "\"}}";
        assertThat(status(pa, "POST", "/v3/users", foreign)).isEqualTo(403);
        // As soon as the user has anything outside, it is no longer the project's own.
        house.as(admin, "PUT", grant(other, id, role("member")));
        house.as(admin, "PUT", grant(project, id, role("member")));
        assertThat(status(pa, "PATCH", "/v3/users/" + id, "{\"user\": {\"password\": \"z\"}}"))
                .isEqualTo(403);
        assertThat(status(pa, "DELETE", "/v3/users/" + id, "")).isEqualTo(403);
        house.as(admin, "DELETE", grant(other, id, role("member")));
        // Who is stronger than a project's admin is not its to manage: a new password would hand over the cloud.
        house.as(admin, "PUT", grant(project, id, role("admin")));
        assertThat(status(pa, "PATCH", "/v3/users/" + id, "{\"user\": {\"password\": \"z\"}}"))
                .isEqualTo(403);
        house.as(admin, "DELETE", grant(project, id, role("admin")));
        assertThat(status(pa, "DELETE", "/v3/users/" + id, "")).isEqualTo(204);
    }

    @Test
    void monitor_whenInItsProject_reads_andEveryWriteIs403() {
        var id = user("watch", "monitor");
        var monitor = house.token("watch", "pw", "p");
        var roles = house.validate(admin, monitor).body().at("/token/roles").findValuesAsString("name");
        assertThat(roles).containsExactlyInAnyOrder("monitor", "reader");
        assertThat(status(monitor, "GET", "/v3/projects/" + project, "")).isEqualTo(200);
        assertThat(status(monitor, "GET", "/v3/users/" + id, "")).isEqualTo(200);
        assertThat(status(monitor, "POST", "/v3/users", "{\"user\": {\"name\": \"x\"}}"))
                .isEqualTo(403);
        assertThat(status(monitor, "PATCH", "/v3/projects/" + project, "{\"project\": {\"name\": \"x\"}}"))
                .isEqualTo(403);
        assertThat(status(monitor, "DELETE", "/v3/projects/" + project, "")).isEqualTo(403);
        assertThat(status(monitor, "PUT", grant(project, id, role("admin")), ""))
                .isEqualTo(403);
    }

    @Test
    void domainManager_whenScopedToItsDomain_managesUsersThere_andNotElsewhere() {
        var domain = made("POST", "/v3/domains", "{\"domain\": {\"name\": \"d\"}}", "domain");
        var manager = made("POST", "/v3/users", "{\"user\": {\"name\": \"dm\", \"password\": \"pw\"}}", "user");
        house.as(admin, "PUT", "/v3/domains/" + domain + "/users/" + manager + "/roles/" + role("manager"));
        var auth = House.password("dm", "pw");
        ((tools.jackson.databind.node.ObjectNode) auth.get("auth"))
                .putObject("scope")
                .putObject("domain")
                .put("id", domain);
        var token = house.login(auth).header("X-Subject-Token");
        assertThat(status(token, "POST", "/v3/users", "{\"user\": {\"name\": \"u\"}}"))
                .isEqualTo(403);
        var made = house.as(
                token, "POST", "/v3/users", "{\"user\": {\"name\": \"u\", \"domain_id\": \"" + domain + "\"}}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        assertThat(made.body().at("/user/domain_id").asString()).isEqualTo(domain);
        var users = house.as(token, "GET", "/v3/users").body().get("users");
        assertThat(users.findValuesAsString("name")).containsExactly("u");
        assertThat(status(token, "POST", "/v3/users", "{\"user\": {\"name\": \"v\", \"domain_id\": \"default\"}}"))
                .isEqualTo(403);
        assertThat(status(token, "DELETE", "/v3/users/" + manager, "")).isEqualTo(403);
        assertThat(status(token, "GET", "/v3/services", "")).isEqualTo(403);
    }

    @Test
    @Requirement("S3.25")
    void policyFile_whenARuleNamesACustomRole_letsItMakeThatCallOnly_withoutRestart() throws IOException {
        made("POST", "/v3/roles", "{\"role\": {\"name\": \"lister\"}}", "role");
        user("custom", "lister");
        var token = house.token("custom", "pw", "p");
        assertThat(status(token, "GET", "/v3/services", "")).isEqualTo(403);
        var file = directory.resolve("identity/policy.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "\"identity:list_services\": \"role:admin or role:lister\"\n");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> status(token, "GET", "/v3/services", "") == 200);
        assertThat(status(token, "GET", "/v3/endpoints", "")).isEqualTo(403);
        assertThat(status(house.demo(), "GET", "/v3/services", "")).isEqualTo(403);
    }
}
