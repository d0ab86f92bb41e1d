package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainConfigTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void config_whenWritten_isShownWithoutItsSecrets(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var domain = house.as(admin, "POST", "/v3/domains", "{\"domain\": {\"name\": \"d\"}}")
                    .body()
                    .at("/domain/id")
                    .asString();
            var path = "/v3/domains/" + domain + "/config";
            var body = "{\"config\": {\"ldap\": {\"url\": \"ldap://here\", \"password\": \"hush\", \"page_size\": 5},"
                    + " \"identity\": {\"driver\": \"ldap\"}}}";
            var made = house.as(admin, "PUT", path, body);
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            var shown = "{\"config\": {\"identity\": {\"driver\": \"ldap\"}, \"ldap\": {\"page_size\": 5, \"url\":"
                    + " \"ldap://here\"}}}";
            assertThat(made.body()).isEqualTo(Json.stored(shown));
            assertThat(house.as(admin, "GET", path).body()).isEqualTo(Json.stored(shown));
            assertThat(house.as(admin, "PUT", path, body).status()).isEqualTo(200);
            assertThat(house.as(admin, "GET", path + "/ldap/url").body())
                    .isEqualTo(Json.stored("{\"config\": {\"url\": \"ldap://here\"}}"));
            var secret = house.as(admin, "GET", path + "/ldap/password");
            assertThat(secret.status()).isEqualTo(404);
            assertThat(secret.message())
                    .isEqualTo("Could not find option password in group ldap in domain configuration for domain "
                            + domain + ".");

            var one = house.as(admin, "PATCH", path + "/ldap/url", "{\"config\": {\"url\": \"ldaps://there\"}}");
            assertThat(one.body().at("/config/ldap/url").asString()).isEqualTo("ldaps://there");
            var group = house.as(admin, "PATCH", path + "/ldap", "{\"config\": {\"ldap\": {\"user\": \"cn=me\"}}}");
            assertThat(group.body().at("/config/ldap")).hasSize(3);
            for (var bad : Map.of(
                            "/ldap", "{\"config\": {\"identity\": {\"driver\": \"sql\"}}}",
                            "/ldap/url", "{\"config\": {\"user\": \"x\"}}",
                            "", "{\"config\": {\"ldap\": {\"randomize_urls\": true}}}",
                            "/token", "{\"config\": {\"token\": {\"expiration\": 1}}}",
                            "/identity", "{\"config\": {\"identity\": {}}}")
                    .entrySet())
                assertThat(house.as(admin, "PATCH", path + bad.getKey(), bad.getValue())
                                .status())
                        .as(bad.toString())
                        .isEqualTo(403);
            assertThat(house.as(admin, "PATCH", path + "/ldap/suffix", "{\"config\": {\"suffix\": \"x\"}}")
                            .status())
                    .isEqualTo(404);
            assertThat(house.as(house.demo(), "GET", path).status()).isEqualTo(403);

            assertThat(house.as(admin, "DELETE", path + "/ldap/url").status()).isEqualTo(204);
            assertThat(house.as(admin, "DELETE", path + "/ldap/url").status()).isEqualTo(404);
            assertThat(house.as(admin, "DELETE", path + "/ldap").status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", path + "/ldap").status()).isEqualTo(404);
            assertThat(house.as(admin, "DELETE", path).status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", path).message())
                    .isEqualTo("Could not find any options in domain configuration for domain " + domain + ".");
            assertThat(house.as(admin, "GET", "/v3/domains/nowhere/config").message())
                    .isEqualTo("Could not find domain: nowhere.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    void defaults_whenAskedFor_areThoseOfTheWhiteList(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var all =
                    house.as(admin, "GET", "/v3/domains/config/default").body().get("config");
            assertThat(all.get("ldap")).hasSize(49);
            assertThat(all.get("ldap").has("password")).isFalse();
            assertThat(house.as(admin, "GET", "/v3/domains/config/identity/default")
                            .body()
                            .at("/config/identity/driver")
                            .asString())
                    .isEqualTo("sql");
            assertThat(house.as(admin, "GET", "/v3/domains/config/ldap/page_size/default")
                            .body())
                    .isEqualTo(Json.stored("{\"config\": {\"page_size\": 0}}"));
            assertThat(house.as(admin, "GET", "/v3/domains/config/ldap/password/default")
                            .status())
                    .isEqualTo(403);
            // Everybody may know what passwords must look like.
            var rules = house.as(house.demo(), "GET", "/v3/domains/default/config/security_compliance");
            assertThat(rules.body().get("config").get("security_compliance").propertyNames())
                    .containsExactlyInAnyOrder("password_regex", "password_regex_description");
            assertThat(house.as(house.demo(), "GET", "/v3/domains/default/config/security_compliance/lockout_duration")
                            .status())
                    .isEqualTo(403);
        }
    }
}
