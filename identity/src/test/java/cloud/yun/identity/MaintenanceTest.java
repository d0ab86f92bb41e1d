package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.identity.Maintenance.Administrator;
import cloud.yun.identity.Maintenance.Finding;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {
    @TempDir
    Path directory;

    private House house;
    private Maintenance maintenance;

    @BeforeEach
    void open() {
        house = House.sqlite(directory);
        maintenance = house.module.maintenance();
    }

    @AfterEach
    void close() {
        house.close();
    }

    private static Administrator administrator(String password) {
        return new Administrator("admin", password, "admin", "admin", "RegionOne", Optional.empty());
    }

    @Test
    void admit_whenRepeated_changesNothing_andAnotherPasswordRevokes() {
        var token = house.admin();
        maintenance.admit(administrator(House.ADMIN_PASSWORD));
        maintenance.admit(administrator(House.ADMIN_PASSWORD));
        assertThat(house.as(token, "GET", "/v3/users").status()).isEqualTo(200);
        maintenance.admit(administrator("another"));
        assertThat(house.as(token, "GET", "/v3/users").status()).isEqualTo(401);
        assertThat(house.login(House.password("admin", House.ADMIN_PASSWORD)).status())
                .isEqualTo(401);
        assertThat(house.token("admin", "another", "admin")).isNotEmpty();
    }

    @Test
    void admit_whenTheAdministratorIsDisabled_letsItInAgain() {
        var admin = house.admin();
        var id = house.as(admin, "GET", "/v3/users?name=admin")
                .body()
                .at("/users/0/id")
                .asString();
        assertThat(house.as(admin, "PATCH", "/v3/users/" + id, "{\"user\": {\"enabled\": false}}")
                        .status())
                .isEqualTo(200);
        maintenance.admit(administrator(House.ADMIN_PASSWORD));
        assertThat(house.admin()).isNotEmpty();
        maintenance.admit(new Administrator(
                "root2", "pw", "ops", "admin", "RegionTwo", Optional.of("http://id.example/identity")));
        var second = house.token("root2", "pw", "ops");
        assertThat(house.as(second, "GET", "/v3/endpoints?region_id=RegionTwo")
                        .body()
                        .get("endpoints"))
                .hasSize(3);
    }

    @Test
    void rotateTokenKeys_whenATokenIsOut_keepsItGood() {
        var token = house.admin();
        assertThat(maintenance.rotateTokenKeys(3)).isEqualTo(3);
        assertThat(house.validate(token, token).status()).isEqualTo(200);
        assertThat(house.validate(token, house.admin()).status()).isEqualTo(200);
    }

    @Test
    void credentials_whenKeysRotate_areMigratedFirst() {
        var admin = house.admin();
        var user = house.as(admin, "GET", "/v3/users?name=admin")
                .body()
                .at("/users/0/id")
                .asString();
        var body = "{\"credential\": {\"type\": \"cert\", \"blob\": \"secret\", \"user_id\": \"" + user + "\"}}";
        var id = house.as(admin, "POST", "/v3/credentials", body)
                .body()
                .at("/credential/id")
                .asString();
        assertThat(maintenance.migrateCredentials()).isZero();
        assertThat(maintenance.rotateCredentialKeys(3)).isEqualTo(3);
        assertThatThrownBy(() -> maintenance.rotateCredentialKeys(3))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("migrate them first");
        for (int i = 0; i < 4; i++) {
            assertThat(maintenance.migrateCredentials()).isEqualTo(1);
            assertThat(maintenance.rotateCredentialKeys(3)).isEqualTo(3);
            var shown = house.as(admin, "GET", "/v3/credentials/" + id);
            assertThat(shown.body().at("/credential/blob").asString()).isEqualTo("secret");
        }
    }

    @Test
    void flush_whenRevokedTokensLive_keepsTheirRevocations() {
        var admin = house.admin();
        var demo = house.demo();
        house.send("DELETE", "/v3/auth/tokens", "", "X-Auth-Token", admin, "X-Subject-Token", demo);
        assertThat(maintenance.flush()).isZero();
        assertThat(house.validate(admin, demo).status()).isEqualTo(404);
    }

    @Test
    void examine_whenKeysAreOpenToOthersOrBroken_namesTheFile() throws IOException {
        house.admin();
        assertThat(maintenance.examine().stream().filter(f -> f.what().equals("keys of tokens")))
                .allMatch(Finding::good);
        var keys = directory.resolve("identity/fernet-keys");
        Files.setPosixFilePermissions(keys.resolve("1"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(keys.resolve("0"), "no key");
        assertThat(maintenance.examine().stream().filter(f -> !f.good()).map(Finding::remedy))
                .anyMatch(r -> r.startsWith(keys.resolve("1") + " is open to others"))
                .anyMatch(r -> r.startsWith(keys.resolve("0") + " is not a key"));
    }

    @Test
    void examine_whenDirectoryDoesNotAnswerOrOptionsAreOld_saysSo() throws IOException {
        var own = directory.resolve("own");
        var configs = Files.createDirectories(own.resolve("domains"));
        Files.writeString(
                configs.resolve("keystone.Default.conf"),
                "[identity]\ndriver = ldap\n[ldap]\nurl = ldap://127.0.0.1:1\n");
        var config = "domain_specific_drivers_enabled = true\ndomain_config_dir = " + configs
                + "\nv2_shim = true\n[token]\nexpiration = 1000000\n";
        try (var other = House.sqlite(own, config)) {
            var wrong = other.module.maintenance().examine().stream()
                    .filter(f -> !f.good())
                    .toList();
            assertThat(wrong)
                    .anyMatch(f -> f.what().contains("domain Default")
                            && f.remedy().contains("does not answer")
                            && f.remedy().contains("ldap://127.0.0.1:1"))
                    .anyMatch(f -> f.remedy().contains("v2_shim"))
                    .anyMatch(f -> f.remedy().contains("[token] expiration"));
        }
    }
}
