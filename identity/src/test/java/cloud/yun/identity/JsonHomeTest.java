package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class JsonHomeTest {
    /// Logins by SAML and the certificates of PKI tokens.
    private static final Pattern NOT_BUILT =
            Pattern.compile("/(OS-SIMPLE-CERT|OS-PKI)/|OS-FEDERATION/1.0/rel/(ecp|saml2|.*websso|.*_auth)$");

    @TempDir
    Path directory;

    private static JsonNode recorded() throws IOException {
        try (var in = JsonHomeTest.class.getResourceAsStream("/golden/identity.json")) {
            var all = Json.stored(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            for (var entry : all) if (entry.get("order").asInt() == 3) return entry.at("/response/body/resources");
            throw new IllegalStateException("no entry 3");
        }
    }

    @Test
    void resources_whenAskedFor_areKeystonesButForWhatIsNotBuilt() throws IOException {
        try (var house = House.sqlite(directory)) {
            var home = house.send("GET", "/v3", "", "Accept", "application/json-home");
            assertThat(home.status()).isEqualTo(200);
            assertThat(home.header("Content-Type")).startsWith("application/json-home");
            var ours = home.body().get("resources");
            var theirs = recorded();
            var missing = new TreeSet<>(theirs.propertyNames());
            missing.removeAll(ours.propertyNames());
            missing.removeIf(relation -> NOT_BUILT.matcher(relation).find());
            assertThat(missing).isEmpty();
            for (var resource : ours.properties())
                assertThat(resource.getValue()).as(resource.getKey()).isEqualTo(theirs.get(resource.getKey()));
        }
    }

    @Test
    void root_whenAskedForJsonHome_hasAddressesBelowV3_andElseTheVersions() {
        try (var house = House.sqlite(directory)) {
            var home = house.send("GET", "/", "", "Accept", "application/json-home, application/json;q=0.5");
            assertThat(home.status()).isEqualTo(200);
            assertThat(home.body().findValuesAsString("href")).isNotEmpty().allMatch(h -> h.startsWith("/v3/"));
            for (var plain : List.of("application/json", "*/*", "application/json-home;q=0.1, */*", "nonsense;q=x"))
                assertThat(house.send("GET", "/", "", "Accept", plain).status())
                        .as(plain)
                        .isEqualTo(300);
        }
    }
}
