package cloud.yun.identity.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.House;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Through HTTP, against a real slapd.
class DirectoriesTest {
    private static final String REFUSED = "The request you have made requires authentication.";
    private static final String READ_ONLY = "LDAP does not support write operations";

    private static SlapdServer slapd;

    @TempDir
    Path directory;

    private Company company;
    private House house;
    private String corp;

    @BeforeAll
    static void start() {
        slapd = SlapdServer.start(Company.PEOPLE);
    }

    @AfterAll
    static void stop() {
        slapd.close();
    }

    @BeforeEach
    void open() {
        company = new Company(directory);
        house = company.house;
        corp = company.domain("corp", Company.ldap(slapd.url(), ""));
    }

    @AfterEach
    void close() {
        company.close();
    }

    @Test
    void lists_whenDomainHasDirectory_areTheDirectorys() {
        var users = company.get("/v3/users?domain_id=" + corp).body().get("users");
        assertThat(users.findValuesAsString("name")).containsExactlyInAnyOrder("alice", "bob", "carol");
        var alice = company.get("/v3/users/" + company.id("user", corp, "alice"));
        assertThat(alice.status()).isEqualTo(200);
        var shown = alice.body().get("user");
        assertThat(shown.get("id").asString()).isEqualTo(new PublicId(corp, PublicId.Kind.USER, "alice").text());
        assertThat(shown.get("domain_id").asString()).isEqualTo(corp);
        assertThat(shown.get("email").asString()).isEqualTo("alice@example.org");
        assertThat(shown.get("enabled").asBoolean()).isTrue();
        assertThat(shown.get("options").isEmpty()).isTrue();
        assertThat(shown.get("password_expires_at").isNull()).isTrue();
        assertThat(company.all("/v3/users?enabled=false&domain_id=" + corp, "users", "name"))
                .containsExactly("carol");
        assertThat(company.all("/v3/users?name__startswith=AL&domain_id=" + corp, "users", "name"))
                .containsExactly("alice");
        assertThat(company.all("/v3/users?name=ALICE&domain_id=" + corp, "users", "name"))
                .isEmpty();
        assertThat(company.all("/v3/groups?domain_id=" + corp, "groups", "name"))
                .containsExactlyInAnyOrder("Operators", "Developers");
    }

    @Test
    void groups_whenAskedForMembers_knowThem() {
        var ops = company.id("group", corp, "Operators");
        var dev = company.id("group", corp, "Developers");
        var alice = company.id("user", corp, "alice");
        assertThat(company.get("/v3/groups/" + ops)
                        .body()
                        .at("/group/description")
                        .asString())
                .isEqualTo("Operators of the company");
        assertThat(company.all("/v3/groups/" + ops + "/users", "users", "name"))
                .containsExactlyInAnyOrder("alice", "carol");
        assertThat(company.all("/v3/groups/" + dev + "/users", "users", "name")).containsExactly("bob");
        assertThat(company.all("/v3/users/" + alice + "/groups", "groups", "name"))
                .containsExactly("Operators");
        assertThat(company.get("/v3/groups/" + ops + "/users/" + alice).status())
                .isEqualTo(204);
        assertThat(company.get("/v3/groups/" + dev + "/users/" + alice).status())
                .isEqualTo(404);
    }

    @Test
    void login_whenBindSucceeds_givesTokenWithRolesOfTheUserAndItsGroups() {
        var ops = company.id("group", corp, "Operators");
        var bob = company.id("user", corp, "bob");
        var demo = company.project("demo");
        put("/v3/projects/" + demo + "/groups/" + ops + "/roles/" + company.role("member"));
        put("/v3/projects/" + demo + "/users/" + bob + "/roles/" + company.role("reader"));
        var alice = company.loginOn(corp, "alice", "demo");
        assertThat(alice.status()).isEqualTo(201);
        assertThat(alice.body().at("/token/roles").findValuesAsString("name"))
                .containsExactlyInAnyOrder("member", "reader");
        assertThat(alice.body().at("/token/user/domain/name").asString()).isEqualTo("corp");
        var token = alice.header("X-Subject-Token");
        assertThat(house.validate(company.admin, token).status()).isEqualTo(200);
        assertThat(company.loginOn(corp, "bob", "demo")
                        .body()
                        .at("/token/roles")
                        .findValuesAsString("name"))
                .containsExactly("reader");
        var byId = House.password("", "pw-bob");
        ((tools.jackson.databind.node.ObjectNode) byId.at("/auth/identity/password/user"))
                .removeAll()
                .put("id", bob)
                .put("password", "pw-bob");
        assertThat(house.login(byId).body().at("/token/user/name").asString()).isEqualTo("bob");
        // Who has the group's role is known before they ever log in.
        assertThat(company.all(
                        "/v3/role_assignments?effective&include_names&scope.project.id=" + demo + "&role.id="
                                + company.role("member"),
                        "role_assignments",
                        "name"))
                .contains("alice");
    }

    @Test
    void login_whenProofDoesNotHold_isRefusedInTheSameWords() {
        for (var attempt : List.of(
                company.login(corp, "alice", "wrong"),
                company.login(corp, "nobody", "pw-nobody"),
                company.login(corp, "carol", "pw-carol"),
                company.login(corp, "alice", ""),
                company.login("default", "alice", "pw-alice"),
                company.login(corp, "admin", House.ADMIN_PASSWORD))) {
            assertThat(attempt.status()).isEqualTo(401);
            assertThat(attempt.message()).isEqualTo(REFUSED);
        }
    }

    @Test
    void domains_whenSomeHaveDirectories_standSideBySide() {
        assertThat(house.login(House.password("demo", House.DEMO_PASSWORD)).status())
                .isEqualTo(201);
        assertThat(company.login(corp, "bob", "pw-bob").status()).isEqualTo(201);
        assertThat(company.all("/v3/users?domain_id=default", "users", "name")).contains("admin", "demo");
        // As in Keystone, a list without a domain is of the domain that the token is for.
        assertThat(company.all("/v3/users", "users", "name")).contains("admin").doesNotContain("bob");
        var sql = company.domain("plain", "[identity]\ndriver = sql\n");
        var created = house.as(
                company.admin, "POST", "/v3/users", "{\"user\": {\"name\": \"dora\", \"domain_id\": \"" + sql + "\"}}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(company.all("/v3/users?domain_id=" + sql, "users", "name")).containsExactly("dora");
        var ops = company.id("group", corp, "Operators");
        var dora = created.body().at("/user/id").asString();
        var cross = house.as(company.admin, "PUT", "/v3/groups/" + ops + "/users/" + dora);
        assertThat(cross.status()).isEqualTo(403);
        assertThat(cross.message()).startsWith("Group membership across backend boundaries is not allowed.");
    }

    @Test
    void writes_whenDomainHasDirectory_are403() {
        var alice = "/v3/users/" + company.id("user", corp, "alice");
        var ops = "/v3/groups/" + company.id("group", corp, "Operators");
        var password = "{\"user\": {\"password\": \"new\", \"original_password\": \"pw-alice\"}}";
        for (var answer : List.of(
                house.as(
                        company.admin,
                        "POST",
                        "/v3/users",
                        "{\"user\": {\"name\": \"x\", \"domain_id\": \"" + corp + "\"}}"),
                house.as(company.admin, "PATCH", alice, "{\"user\": {\"email\": \"a@b.c\"}}"),
                house.as(company.admin, "DELETE", alice),
                house.send("POST", alice + "/password", password),
                house.as(
                        company.admin,
                        "POST",
                        "/v3/groups",
                        "{\"group\": {\"name\": \"x\", \"domain_id\": \"" + corp + "\"}}"),
                house.as(company.admin, "PATCH", ops, "{\"group\": {\"description\": \"x\"}}"),
                house.as(company.admin, "DELETE", ops),
                house.as(company.admin, "PUT", ops + "/users/" + company.id("user", corp, "bob")),
                house.as(company.admin, "DELETE", ops + "/users/" + company.id("user", corp, "alice")))) {
            assertThat(answer.message()).isEqualTo(READ_ONLY);
            assertThat(answer.status()).isEqualTo(403);
        }
        var wrong = "{\"user\": {\"password\": \"new\", \"original_password\": \"guess\"}}";
        assertThat(house.send("POST", alice + "/password", wrong).status()).isEqualTo(401);
        assertThat(company.all("/v3/users?domain_id=" + corp, "users", "name")).hasSize(3);
    }

    @Test
    void names_whenTheyHoldFilterSyntax_findNobody() {
        for (var name : List.of(
                "*", "al*", "alice)(uid=*", "*)(objectClass=*", "x)(|(uid=alice", "\\61lice", "alice\0", "(alice)")) {
            assertThat(company.login(corp, name, "pw-alice").status()).as(name).isEqualTo(401);
            var asked = java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
            for (var filter : List.of("name", "name__contains", "name__startswith", "name__iexact"))
                assertThat(company.get("/v3/users?domain_id=" + corp + "&" + filter + "=" + asked)
                                .body()
                                .get("users"))
                        .as(filter + "=" + name)
                        .isEmpty();
        }
    }

    @Test
    void directory_whenItIsDead_closesItsOwnDomainOnly() throws IOException {
        try (var other = SlapdServer.start(Company.PEOPLE)) {
            var domain = company.domain("other", Company.ldap(other.url(), "connection_timeout = 2"));
            var alice = company.id("user", domain, "alice");
            var token = company.login(domain, "alice", "pw-alice").header("X-Subject-Token");
            other.stop();
            for (var answer : List.of(
                    company.login(domain, "alice", "pw-alice"),
                    company.get("/v3/users?domain_id=" + domain),
                    company.get("/v3/users/" + alice),
                    company.get("/v3/groups?domain_id=" + domain))) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.message()).isEqualTo("The identity back end of the domain other does not answer.");
            }
            assertThat(company.login(corp, "alice", "pw-alice").status()).isEqualTo(201);
            assertThat(house.login(House.password("demo", House.DEMO_PASSWORD)).status())
                    .isEqualTo(201);
            // What was last seen holds, so running work does not stop with the directory.
            company.refresh();
            assertThat(house.validate(company.admin, token).status()).isEqualTo(200);
            other.run();
            assertThat(company.login(domain, "alice", "pw-alice").status()).isEqualTo(201);
        }
    }

    @Test
    void directory_whenItAcceptsAndNeverAnswers_isGivenUpInTime() throws IOException {
        try (var silent = new ServerSocket(0, 50)) {
            var url = "ldap://127.0.0.1:" + silent.getLocalPort();
            var domain = company.domain("silent", Company.ldap(url, "connection_timeout = 1"));
            var before = Instant.now();
            assertThat(company.login(domain, "alice", "pw-alice").status()).isEqualTo(503);
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void configuration_whenItIsWrong_closesItsOwnDomainOnlyAndIsReadAgain() {
        var domain = company.domain("typo", "[identity]\ndriver = ldap\n[ldap]\nurll = ldap://x\n");
        var answer = company.get("/v3/users?domain_id=" + domain);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.message()).contains("typo").contains("not configured rightly");
        assertThat(company.get("/v3/users?domain_id=" + corp).status()).isEqualTo(200);
        company.configure("typo", Company.ldap(slapd.url(), ""));
        assertThat(company.all("/v3/users?domain_id=" + domain, "users", "name"))
                .hasSize(3);
        company.configure("typo", Company.ldap(slapd.url(), "user_filter = (uid=b*)"));
        assertThat(company.all("/v3/users?domain_id=" + domain, "users", "name"))
                .containsExactly("bob");
        company.configure("typo", Company.ldap(slapd.url(), "").replace(SlapdServer.PASSWORD, "wrong"));
        assertThat(company.get("/v3/users?domain_id=" + domain).message()).contains("this service's own login");
    }

    @Test
    void configuration_whenItComesByTheApi_countsAtOnce() {
        company.close();
        company = new Company(directory.resolve("api"), "domain_configurations_from_database = true\n");
        house = company.house;
        var domain = company.domain("bydb", "[identity]\ndriver = ldap\n");
        assertThat(company.all("/v3/users?domain_id=" + domain, "users", "name"))
                .as("a file is not looked at")
                .isEmpty();
        var config = Json.object();
        var groups = config.putObject("config");
        groups.putObject("identity").put("driver", "ldap");
        groups.putObject("ldap")
                .put("url", slapd.url())
                .put("user", SlapdServer.READER)
                .put("password", SlapdServer.PASSWORD)
                .put("suffix", SlapdServer.SUFFIX)
                .put("page_size", 2)
                .put("user_id_attribute", "uid")
                .put("user_name_attribute", "uid");
        var path = "/v3/domains/" + domain + "/config";
        assertThat(house.as(company.admin, "PUT", path, config.toString()).status())
                .isEqualTo(201);
        assertThat(company.all("/v3/users?domain_id=" + domain, "users", "name"))
                .hasSize(3);
        assertThat(company.login(domain, "alice", "pw-alice").status()).isEqualTo(201);
        // A value with a line break does not begin an option of its own.
        var filter = Json.object();
        filter.putObject("config").putObject("ldap").put("user_filter", "(uid=bob)\nurl = ldap://127.0.0.1:1");
        assertThat(house.as(company.admin, "PATCH", path, filter.toString()).status())
                .isEqualTo(200);
        assertThat(company.get("/v3/users?domain_id=" + domain).message()).contains("not configured rightly");
        assertThat(company.get("/v3/users?domain_id=default").status()).isEqualTo(200);
        // Without a directory its users are nobody any more; who logged in before is known, and disabled.
        assertThat(house.as(company.admin, "DELETE", path).status()).isEqualTo(204);
        assertThat(company.login(domain, "alice", "pw-alice").status()).isEqualTo(401);
        company.refresh();
        assertThat(company.all("/v3/users?enabled=true&domain_id=" + domain, "users", "name"))
                .isEmpty();
    }

    @Test
    void connections_whenEncrypted_workWithTheRightAuthorityOnly() {
        var trusted = "tls_cacertfile = " + slapd.certificate() + "\n";
        for (var config : List.of(
                Company.ldap(slapd.tlsUrl(), trusted),
                Company.ldap(slapd.tlsUrl(), "tls_req_cert = never"),
                Company.ldap(slapd.startTlsUrl(), "use_tls = true\n" + trusted),
                Company.ldap(slapd.startTlsUrl(), "use_tls = true\ntls_req_cert = never"))) {
            company.configure("corp", config);
            assertThat(company.get("/v3/users?domain_id=" + corp).status())
                    .as(config)
                    .isEqualTo(200);
            assertThat(company.login(corp, "bob", "pw-bob").status()).as(config).isEqualTo(201);
            assertThat(company.login(corp, "bob", "wrong").status()).as(config).isEqualTo(401);
        }
        for (var config : List.of(
                Company.ldap(slapd.tlsUrl(), ""),
                Company.ldap(slapd.startTlsUrl(), "use_tls = true"),
                // The certificate is for a name, not for this address.
                Company.ldap(slapd.url(), "use_tls = true\n" + trusted))) {
            company.configure("corp", config);
            assertThat(company.get("/v3/users?domain_id=" + corp).status())
                    .as(config)
                    .isEqualTo(503);
            assertThat(company.login(corp, "bob", "pw-bob").status()).as(config).isEqualTo(503);
        }
    }

    @Test
    void connections_whenStartTlsIsOn_sendNoPasswordInTheClear() {
        try (var strict = SlapdServer.start(Company.PEOPLE, "security simple_bind=128")) {
            var tls = "use_tls = true\ntls_cacertfile = " + strict.certificate();
            company.configure("corp", Company.ldap(strict.startTlsUrl(), tls));
            assertThat(company.all("/v3/users?domain_id=" + corp, "users", "name"))
                    .hasSize(3);
            assertThat(company.login(corp, "bob", "pw-bob").status()).isEqualTo(201);
            company.configure("corp", Company.ldap(strict.url(), ""));
            assertThat(company.get("/v3/users?domain_id=" + corp).status()).isEqualTo(503);
        }
    }

    private void put(String path) {
        assertThat(house.as(company.admin, "PUT", path).status()).as(path).isEqualTo(204);
    }
}
