package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class V2Test {
    private static final String LOGIN = "{\"auth\": {\"tenantName\": \"demo\", \"passwordCredentials\":"
            + " {\"username\": \"demo\", \"password\": \"%s\"}}}";

    @TempDir
    Path directory;

    @Test
    @Requirement("S0.2")
    void tokens_whenShimIsOn_giveTokenAndTenantAtOnce_sameAsV3() {
        try (var house = House.sqlite(directory, "v2_shim = true\n")) {
            var answer = house.send("POST", "/v2.0/tokens", LOGIN.formatted(House.DEMO_PASSWORD));
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
            var access = answer.body().get("access");
            var v3 = house.validate(house.admin(), access.at("/token/id").asString());
            assertThat(v3.status()).isEqualTo(200);
            assertThat(v3.body().at("/token/project/id")).isEqualTo(access.at("/token/tenant/id"));
            assertThat(access.get("serviceCatalog").findValuesAsString("type")).contains("compute");
            assertThat(access.at("/serviceCatalog").findValuesAsString("publicURL"))
                    .isNotEmpty();
            var tenants = house.as(access.at("/token/id").asString(), "GET", "/v2.0/tenants");
            assertThat(tenants.body().get("tenants").findValuesAsString("name")).containsExactly("demo");
            assertThat(house.send("POST", "/v2.0/tokens", LOGIN.formatted("wrong"))
                            .status())
                    .isEqualTo(401);
            assertThat(house.send("GET", "/v2.0/tenants", "").status()).isEqualTo(401);
            for (var bad :
                    new String[] {"{}", "{\"auth\": {}}", "{\"auth\": {\"passwordCredentials\": {}}}", "[]", "{"})
                assertThat(house.send("POST", "/v2.0/tokens", bad).status())
                        .as(bad)
                        .isEqualTo(400);
        }
    }

    @Test
    @Requirement("S0.7")
    void calls_whenShimIsOff_are410AndPointToV3() {
        try (var house = House.sqlite(directory)) {
            var tokens = house.send("POST", "/v2.0/tokens", LOGIN.formatted(House.DEMO_PASSWORD));
            assertThat(tokens.status()).isEqualTo(410);
            assertThat(tokens.message()).contains(house.url() + "/v3/auth/tokens");
            assertThat(house.send("GET", "/v2.0/tenants", "").status()).isEqualTo(410);
        }
    }
}
