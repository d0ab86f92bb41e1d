package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Operators who keep their policies where Nova and Cinder had them, and the rules of before there were readers.
class PolicyOptionsTest {
    private static boolean passes(ApiClient client, String path) {
        try {
            client.get(path);
            return true;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining(": 403");
            return false;
        }
    }

    @Test
    @Requirement({"S3.23", "S3.24"})
    void policies_whenOfTheOldKindAndAtTheOldPaths_areInForce(@TempDir Path directory, @TempDir Path etc)
            throws Exception {
        Files.createDirectories(etc.resolve("nova"));
        Files.writeString(etc.resolve("nova/policy.json"), "{\"os_compute_api:os-keypairs:index\": \"role:admin\"}");
        var config = Config.parse(Cloud.options(), """
                [yun]
                simulated = true
                port = 0
                classic_ports = false
                [oslo_policy]
                enforce_new_defaults = false
                policy_file = %s/{project}/policy.json
                """.formatted(etc));
        try (var cloud = RunningCloud.with(config, directory)) {
            var admin = cloud.admin();
            var demo = cloud.demo();
            assertThat(passes(demo, "/compute/v2.1/os-keypairs")).isFalse();
            assertThat(passes(admin, "/compute/v2.1/os-keypairs")).isTrue();
            Files.writeString(etc.resolve("nova/policy.json"), "{}");
            Awaitility.await().until(() -> passes(demo, "/compute/v2.1/os-keypairs"));

            // A role that no rule knows does in its project what any member does, and nothing of an admin.
            var role = Json.object();
            role.putObject("role").put("name", "_member_");
            var roleId = admin.post("/identity/v3/roles", role).at("/role/id").asString();
            var user = Json.object();
            user.putObject("user").put("name", "old").put("password", "pw");
            var userId = admin.post("/identity/v3/users", user).at("/user/id").asString();
            var project = admin.get("/identity/v3/projects?name=demo")
                    .at("/projects/0/id")
                    .asString();
            admin.put("/identity/v3/projects/" + project + "/users/" + userId + "/roles/" + roleId, Json.object());
            var old = ApiClient.login(cloud.url(), "old", "pw", "demo");
            assertThat(passes(old, "/compute/v2.1/servers")).isTrue();
            var volume = old.post("/volume/v3/volumes", Json.stored("{\"volume\": {\"size\": 1}}"));
            assertThat(volume.at("/volume/id").asString()).isNotEmpty();
            assertThat(passes(old, "/compute/v2.1/os-hypervisors")).isFalse();
            assertThatThrownBy(() -> old.post("/identity/v3/projects", Json.stored("{\"project\": {\"name\": \"x\"}}")))
                    .hasMessageContaining(": 403");
        }
    }
}
