package cloud.yun.identity.federation;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FederationTest {
    private static final String IDPS = "/v3/OS-FEDERATION/identity_providers";
    private static final String MAPPINGS = "/v3/OS-FEDERATION/mappings";
    private static final String SPS = "/v3/OS-FEDERATION/service_providers";
    private static final String RULES =
            "[{\"local\": [{\"user\": {\"name\": \"{0}\"}}], \"remote\": [{\"type\": \"UserName\"}]}]";
    private static final String URLS = "\"auth_url\": \"https://other/auth\", \"sp_url\": \"https://other/sp\"";

    @TempDir
    Path directory;

    private static House.Answer idp(House house, String method, String id, String fields) {
        return house.as(house.admin(), method, IDPS + "/" + id, "{\"identity_provider\": {" + fields + "}}");
    }

    private static House.Answer mapping(House house, String method, String id, String fields) {
        return house.as(house.admin(), method, MAPPINGS + "/" + id, "{\"mapping\": {" + fields + "}}");
    }

    private static House.Answer protocol(House house, String method, String path, String fields) {
        return house.as(house.admin(), method, IDPS + "/" + path, "{\"protocol\": {" + fields + "}}");
    }

    private static House.Answer sp(House house, String method, String id, String fields) {
        return house.as(house.admin(), method, SPS + "/" + id, "{\"service_provider\": {" + fields + "}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void identityProvider_whenMadeWithoutADomain_getsOneOfItsOwn(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var made = idp(house, "PUT", "ACME", "\"description\": \"people\", \"remote_ids\": [\"b\", \"a\"]");
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            var shown = house.as(admin, "GET", IDPS + "/ACME").body().get("identity_provider");
            assertThat(shown.propertyNames())
                    .containsExactlyInAnyOrder(
                            "id", "domain_id", "enabled", "description", "remote_ids", "authorization_ttl", "links");
            assertThat(shown.get("enabled").booleanValue()).isFalse();
            assertThat(shown.get("remote_ids")).hasToString("[\"a\",\"b\"]");
            assertThat(shown.get("authorization_ttl").isNull()).isTrue();
            assertThat(shown.at("/links/self").asString()).isEqualTo(house.url() + IDPS + "/ACME");
            assertThat(shown.at("/links/protocols").asString()).isEqualTo(house.url() + IDPS + "/ACME/protocols");
            var domain = house.as(
                            admin,
                            "GET",
                            "/v3/domains/" + shown.get("domain_id").asString())
                    .body()
                    .get("domain");
            assertThat(domain.get("name")).isEqualTo(shown.get("domain_id"));
            assertThat(domain.get("description").asString())
                    .isEqualTo("Auto generated federated domain for Identity Provider: ACME");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void identityProvider_whenIdOrRemoteIdIsTaken_isRefused_andNoDomainStays(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            idp(house, "PUT", "one", "\"remote_ids\": [\"r1\"], \"domain_id\": \"default\"");
            int domains =
                    house.as(admin, "GET", "/v3/domains").body().get("domains").size();
            var again = idp(house, "PUT", "one", "");
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.message())
                    .isEqualTo("Conflict occurred attempting to store identity_provider - Duplicate entry: one.");
            var taken = idp(house, "PUT", "two", "\"remote_ids\": [\"r2\", \"r1\"]");
            assertThat(taken.status()).isEqualTo(409);
            assertThat(taken.message())
                    .isEqualTo("Conflict occurred attempting to store identity_provider - Duplicate remote ID: r1.");
            assertThat(house.as(admin, "GET", "/v3/domains").body().get("domains"))
                    .hasSize(domains);
            assertThat(idp(house, "PUT", "two", "\"remote_ids\": [\"r2\"], \"domain_id\": \"default\"")
                            .status())
                    .isEqualTo(201);
            assertThat(idp(house, "PATCH", "two", "\"remote_ids\": [\"r1\"]").status())
                    .isEqualTo(409);
            // Its own name is no conflict, and a name that was given up is free.
            assertThat(idp(house, "PATCH", "one", "\"remote_ids\": [\"r1\", \"r3\"]")
                            .status())
                    .isEqualTo(200);
            assertThat(idp(house, "PATCH", "one", "\"remote_ids\": null").body().at("/identity_provider/remote_ids"))
                    .isEmpty();
            assertThat(idp(house, "PATCH", "two", "\"remote_ids\": [\"r1\"]").status())
                    .isEqualTo(200);
            assertThat(idp(house, "PUT", "three", "\"domain_id\": \"nowhere\"").message())
                    .isEqualTo("Could not find domain: nowhere.");
            assertThat(idp(house, "PUT", "x".repeat(65), "").status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void identityProvider_whenChangedFilteredAndDeleted_answersAsKeystone(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            idp(house, "PUT", "on", "\"enabled\": true, \"authorization_ttl\": 5");
            idp(house, "PUT", "off", "\"enabled\": \"false\"");
            assertThat(house.as(admin, "GET", IDPS + "?enabled=true").body().findValuesAsString("id"))
                    .containsExactly("on");
            assertThat(house.as(admin, "GET", IDPS + "?id=off").body().findValuesAsString("id"))
                    .containsExactly("off");
            assertThat(house.as(admin, "GET", IDPS).body().get("identity_providers"))
                    .hasSize(2);
            var next = idp(house, "PATCH", "on", "\"description\": \"d\", \"authorization_ttl\": null")
                    .body()
                    .get("identity_provider");
            assertThat(next.get("description").asString()).isEqualTo("d");
            assertThat(next.get("authorization_ttl").isNull()).isTrue();
            assertThat(next.get("enabled").booleanValue()).isTrue();
            var fixed = idp(house, "PATCH", "on", "\"domain_id\": \"default\"");
            assertThat(fixed.status()).isEqualTo(400);
            assertThat(fixed.message()).contains("'domain_id' was unexpected");
            assertThat(idp(house, "PUT", "bad", "\"authorization_ttl\": -1").status())
                    .isEqualTo(400);
            var domain = next.get("domain_id").asString();
            assertThat(house.as(admin, "DELETE", IDPS + "/on").status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", IDPS + "/on").message())
                    .isEqualTo("Could not find Identity Provider: on.");
            assertThat(house.as(admin, "DELETE", IDPS + "/on").status()).isEqualTo(404);
            assertThat(idp(house, "PATCH", "on", "\"enabled\": true").status()).isEqualTo(404);
            assertThat(house.as(admin, "GET", "/v3/domains/" + domain).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void domain_whenDeleted_takesItsIdentityProvidersAndTheirProtocolsAlong(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            mapping(house, "PUT", "m", "\"rules\": " + RULES);
            var domain = idp(house, "PUT", "gone", "\"remote_ids\": [\"r\"]")
                    .body()
                    .at("/identity_provider/domain_id")
                    .asString();
            protocol(house, "PUT", "gone/protocols/saml2", "\"mapping_id\": \"m\"");
            house.as(admin, "PATCH", "/v3/domains/" + domain, "{\"domain\": {\"enabled\": false}}");
            assertThat(house.as(admin, "DELETE", "/v3/domains/" + domain).status())
                    .isEqualTo(204);
            assertThat(house.as(admin, "GET", IDPS + "/gone").status()).isEqualTo(404);
            assertThat(house.as(admin, "GET", IDPS + "/gone/protocols/saml2").status())
                    .isEqualTo(404);
            assertThat(idp(house, "PUT", "other", "\"remote_ids\": [\"r\"]").status())
                    .isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void protocol_whenMadeUnderAProvider_namesAMappingThatIsThere(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            idp(house, "PUT", "acme", "");
            mapping(house, "PUT", "m1", "\"rules\": " + RULES);
            mapping(house, "PUT", "m2", "\"rules\": " + RULES);
            var unknown = protocol(house, "PUT", "acme/protocols/saml2", "\"mapping_id\": \"m0\"");
            assertThat(unknown.status()).isEqualTo(400);
            assertThat(unknown.message()).isEqualTo("Invalid mapping id: m0");
            assertThat(protocol(house, "PUT", "nobody/protocols/saml2", "\"mapping_id\": \"m1\"")
                            .message())
                    .isEqualTo("Could not find Identity Provider: nobody.");
            var made = protocol(
                    house,
                    "PUT",
                    "acme/protocols/saml2",
                    "\"mapping_id\": \"m1\", \"remote_id_attribute\": \"Shib-Identity-Provider\"");
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            var self = house.url() + IDPS + "/acme/protocols/saml2";
            assertThat(made.body().at("/protocol/links/self").asString()).isEqualTo(self);
            assertThat(made.body().at("/protocol/links/identity_provider").asString())
                    .isEqualTo(house.url() + IDPS + "/acme");
            var again = protocol(house, "PUT", "acme/protocols/saml2", "\"mapping_id\": \"m1\"");
            assertThat(again.message())
                    .isEqualTo("Conflict occurred attempting to store federation_protocol - Duplicate entry found with"
                            + " ID saml2.");
            assertThat(protocol(house, "PATCH", "acme/protocols/saml2", "\"mapping_id\": \"m0\"")
                            .status())
                    .isEqualTo(400);
            var changed = protocol(house, "PATCH", "acme/protocols/saml2", "\"mapping_id\": \"m2\"");
            assertThat(changed.body().at("/protocol/mapping_id").asString()).isEqualTo("m2");
            var list = house.as(admin, "GET", IDPS + "/acme/protocols").body().get("protocols");
            assertThat(list).hasSize(1);
            assertThat(list.at("/0/remote_id_attribute").asString()).isEqualTo("Shib-Identity-Provider");
            assertThat(list.at("/0/links/self").asString()).isEqualTo(self);
            assertThat(house.as(admin, "DELETE", IDPS + "/acme/protocols/saml2").status())
                    .isEqualTo(204);
            assertThat(house.as(admin, "GET", IDPS + "/acme/protocols/saml2").message())
                    .isEqualTo("Could not find federated protocol saml2 for Identity Provider: acme.");
            assertThat(protocol(house, "PATCH", "acme/protocols/saml2", "\"mapping_id\": \"m2\"")
                            .status())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void mapping_whenRulesAreWrong_saysAllThatIsWrongWithThem(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            assertThat(mapping(house, "PUT", "m", "").message()).isEqualTo("'rules' is a required property\n");
            var wrong = mapping(
                    house, "PUT", "m", "\"rules\": [{\"remote\": [{\"type\": 1}]}, {\"local\": [], \"remote\": []}]");
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(wrong.message()).isEqualTo("""
                    'local' is a required property
                    [] is too short
                    {'type': 1} is not valid under any of the given schemas
                    """);
            assertThat(mapping(house, "PUT", "m", "\"schema_version\": \"9\", \"rules\": " + RULES)
                            .message())
                    .contains("'9' is not one of ['1.0', '2.0', '3.0']");
            // A project's domain is news of version 2.0.
            var projects = "\"rules\": [{\"local\": [{\"projects\": [{\"name\": \"p\", \"roles\": [{\"name\": \"r\"}],"
                    + " \"domain\": {\"name\": \"d\"}}]}], \"remote\": [{\"type\": \"x\"}]}]";
            assertThat(mapping(house, "PUT", "m", projects).message()).contains("'domain' was unexpected");
            var made = mapping(house, "PUT", "m", "\"schema_version\": \"2.0\", " + projects);
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            assertThat(mapping(house, "PUT", "m", "\"rules\": " + RULES).message())
                    .isEqualTo("Conflict occurred attempting to store mapping - Duplicate entry.");
            var next =
                    mapping(house, "PATCH", "m", "\"rules\": " + RULES).body().get("mapping");
            assertThat(next.get("rules")).hasToString(RULES.replace(" ", ""));
            assertThat(next.get("schema_version").asString()).isEqualTo("1.0");
            assertThat(house.as(admin, "GET", MAPPINGS).body().findValuesAsString("id"))
                    .containsExactly("m");
            assertThat(house.as(admin, "GET", MAPPINGS + "/m")
                            .body()
                            .at("/mapping/links/self")
                            .asString())
                    .isEqualTo(house.url() + MAPPINGS + "/m");
            assertThat(house.as(admin, "DELETE", MAPPINGS + "/m").status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", MAPPINGS + "/m").message()).isEqualTo("Could not find mapping: m.");
            assertThat(mapping(house, "PATCH", "m", "\"rules\": " + RULES).status())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void serviceProvider_whenEnabled_standsInEveryToken(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            assertThat(house.validate(admin, admin).body().get("token").has("service_providers"))
                    .isFalse();
            var made = sp(house, "PUT", "beta", URLS + ", \"enabled\": true");
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            sp(house, "PUT", "off", URLS);
            var listed = house.validate(admin, admin).body().get("token").get("service_providers");
            assertThat(listed)
                    .hasToString(
                            "[{\"auth_url\":\"https://other/auth\",\"id\":\"beta\",\"sp_url\":\"https://other/sp\"}]");
            var fresh = house.login(House.password("demo", House.DEMO_PASSWORD)).body();
            assertThat(fresh.at("/token/service_providers")).isEqualTo(listed);
            sp(house, "PATCH", "beta", "\"enabled\": false");
            assertThat(house.validate(admin, admin).body().get("token").has("service_providers"))
                    .isFalse();
            var shown = house.as(admin, "GET", SPS + "/beta").body().get("service_provider");
            assertThat(shown.get("relay_state_prefix").asString()).isEqualTo("ss:mem:");
            assertThat(shown.get("description").isNull()).isTrue();
            assertThat(shown.at("/links/self").asString()).isEqualTo(house.url() + SPS + "/beta");
            sp(house, "PATCH", "off", "\"enabled\": true, \"relay_state_prefix\": \"ss:x:\"");
            assertThat(house.as(admin, "GET", SPS + "?enabled=1").body().findValuesAsString("relay_state_prefix"))
                    .containsExactly("ss:x:");
            assertThat(sp(house, "PUT", "beta", URLS).message())
                    .isEqualTo("Conflict occurred attempting to store service_provider - Duplicate entry found with ID"
                            + " beta.");
            assertThat(sp(house, "PATCH", "beta", "\"sp_url\": \"nonsense\"").status())
                    .isEqualTo(400);
            assertThat(sp(house, "PUT", "x", "").status()).isEqualTo(400);
            assertThat(house.as(admin, "DELETE", SPS + "/beta").status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", SPS + "/beta").message())
                    .isEqualTo("Could not find Service Provider: beta.");
        }
    }

    @Test
    void federation_whenTheCallerIsNoAdmin_is403_evenForABadBody() {
        try (var house = House.sqlite(directory)) {
            var demo = house.demo();
            for (var path : new String[] {IDPS, MAPPINGS, SPS}) {
                assertThat(house.as(demo, "GET", path).status()).isEqualTo(403);
                assertThat(house.as(demo, "GET", path + "/x").status()).isEqualTo(403);
                assertThat(house.as(demo, "PUT", path + "/x", "{}").status()).isEqualTo(403);
                assertThat(house.as(demo, "PATCH", path + "/x", "{}").status()).isEqualTo(403);
                assertThat(house.as(demo, "DELETE", path + "/x").status()).isEqualTo(403);
                assertThat(house.send("GET", path, "").status()).isEqualTo(401);
            }
            assertThat(house.as(demo, "GET", IDPS + "/x/protocols").status()).isEqualTo(403);
            assertThat(house.as(demo, "PUT", IDPS + "/x/protocols/y", "{}").status())
                    .isEqualTo(403);
        }
    }

    @Test
    void metadata_whenTheOperatorMadeNone_is500_elseItIsServedToAnybody() throws IOException {
        try (var house = House.sqlite(directory)) {
            var path = "/v3/OS-FEDERATION/saml2/metadata";
            var none = house.send("GET", path, "");
            assertThat(none.status()).isEqualTo(500);
            assertThat(none.message())
                    .isEqualTo("An unexpected error prevented the server from fulfilling your request.");
            Files.createDirectories(directory.resolve("identity"));
            Files.writeString(directory.resolve("identity/saml2_idp_metadata.xml"), "<EntityDescriptor/>");
            var found = house.send("GET", path, "");
            assertThat(found.status()).isEqualTo(200);
            assertThat(found.header("Content-Type")).startsWith("text/xml");
            assertThat(found.body().asString()).isEqualTo("<EntityDescriptor/>");
        }
    }

    @Test
    void olderNames_ofProjectsAndDomains_answerAsTheNewOnes() {
        try (var house = House.sqlite(directory)) {
            var demo = house.demo();
            var projects = house.as(demo, "GET", "/v3/OS-FEDERATION/projects").body();
            assertThat(projects.get("projects"))
                    .isEqualTo(house.as(demo, "GET", "/v3/auth/projects").body().get("projects"));
            assertThat(projects.findValuesAsString("name")).containsExactly("demo");
            assertThat(house.as(demo, "GET", "/v3/OS-FEDERATION/domains").body().get("domains"))
                    .isEqualTo(house.as(demo, "GET", "/v3/auth/domains").body().get("domains"));
        }
    }
}
