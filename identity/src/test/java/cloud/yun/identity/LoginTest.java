package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// One-time passwords, more than one method, receipts, signed requests, tokens after their end, rotation of keys.
class LoginTest {
    private static final String METHODS = "[auth]\nmethods = password,token,totp,application_credential\n";
    /// The secret of RFC 6238's examples.
    private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private static final byte[] KEY = "12345678901234567890".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();

    private static String user(House house, String name, String options) {
        var admin = house.admin();
        var body = "{\"user\": {\"name\": \"" + name + "\", \"password\": \"first\", \"options\": " + options + "}}";
        var answer = house.as(admin, "POST", "/v3/users", body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        var id = answer.body().at("/user/id").asString();
        var credential = Json.object();
        credential
                .putObject("credential")
                .put("type", "totp")
                .put("user_id", id)
                .put("blob", SECRET);
        assertThat(house.as(admin, "POST", "/v3/credentials", credential.toString())
                        .status())
                .isEqualTo(201);
        return id;
    }

    private String passcode(int windowsBack) {
        return cloud.yun.identity.auth.TotpForTests.passcode(KEY, clock.instant(), windowsBack);
    }

    private static ObjectNode auth(String name, Map<String, String> proofs) {
        var auth = Json.object();
        var identity = auth.putObject("auth").putObject("identity");
        var methods = identity.putArray("methods");
        proofs.forEach((method, proof) -> {
            methods.add(method);
            identity.putObject(method)
                    .putObject("user")
                    .put("name", name)
                    .put(method.equals("totp") ? "passcode" : "password", proof)
                    .putObject("domain")
                    .put("id", "default");
        });
        return auth;
    }

    private static House.Answer login(House house, ObjectNode auth, String... headers) {
        return house.send("POST", "/v3/auth/tokens", auth.toString(), headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void totp_whenPasscodeIsOfNowOrTheLastWindow_holds_andNoOtherDoes(String kind) {
        try (var house = House.on(kind, directory, METHODS, clock)) {
            user(house, "u", "{}");
            assertThat(login(house, auth("u", Map.of("totp", passcode(0)))).status())
                    .isEqualTo(201);
            var last = login(house, auth("u", Map.of("totp", passcode(1))));
            assertThat(last.body().at("/token/methods/0").asString()).isEqualTo("totp");
            assertThat(login(house, auth("u", Map.of("totp", passcode(3)))).status())
                    .isEqualTo(401);
            assertThat(login(house, auth("u", Map.of("totp", ""))).status()).isEqualTo(401);
            assertThat(login(house, auth("nobody", Map.of("totp", passcode(0)))).body())
                    .isEqualTo(login(house, auth("u", Map.of("totp", "000000"))).body());
            assertThat(login(house, auth("demo", Map.of("totp", passcode(0)))).status())
                    .isEqualTo(401);
        }
    }

    @Test
    void totp_whenGuessed_locksTheAccountAsPasswordsDo() {
        try (var house = House.on(
                "sqlite", directory, METHODS + "[security_compliance]\nlockout_failure_attempts = 3\n", clock)) {
            user(house, "u", "{}");
            for (int i = 0; i < 3; i++) login(house, auth("u", Map.of("totp", "00000" + i)));
            assertThat(login(house, auth("u", Map.of("totp", passcode(0)))).status())
                    .isEqualTo(401);
            assertThat(login(house, auth("u", Map.of("password", "first"))).status())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void login_whenRulesAskForMoreMethods_givesReceipt_andTheRestCompletesIt(String kind) {
        try (var house = House.on(kind, directory, METHODS, clock)) {
            var id = user(
                    house,
                    "u",
                    "{\"multi_factor_auth_rules\": [[\"password\", \"totp\"], [\"application_credential\"]]}");
            var half = login(house, auth("u", Map.of("password", "first")));
            assertThat(half.status()).isEqualTo(401);
            assertThat(half.body().propertyNames()).containsExactly("receipt", "required_auth_methods");
            assertThat(half.body().at("/required_auth_methods").toString()).isEqualTo("[[\"password\",\"totp\"]]");
            var said = half.body().get("receipt");
            assertThat(said.propertyNames()).containsExactly("methods", "user", "expires_at", "issued_at");
            assertThat(said.at("/methods").toString()).isEqualTo("[\"password\"]");
            assertThat(said.at("/user/id").asString()).isEqualTo(id);
            assertThat(said.at("/user/domain/name").asString()).isEqualTo("Default");
            var receipt = half.header("Openstack-Auth-Receipt");
            assertThat(receipt).startsWith("gAAAA");
            assertThat(login(house, auth("u", Map.of("password", "wrong"))).header("Openstack-Auth-Receipt"))
                    .isEmpty();

            var done = login(house, auth("u", Map.of("totp", passcode(0))), "Openstack-Auth-Receipt", receipt);
            assertThat(done.status()).as(done.body().toString()).isEqualTo(201);
            assertThat(done.body().at("/token/methods").toString()).isEqualTo("[\"totp\",\"password\"]");
            assertThat(login(house, auth("u", Map.of("password", "first", "totp", passcode(0))))
                            .status())
                    .isEqualTo(201);
            // A token from that token needs no more proof.
            var again = Json.object();
            var identity = again.putObject("auth").putObject("identity");
            identity.putArray("methods").add("token");
            identity.putObject("token").put("id", done.header("X-Subject-Token"));
            assertThat(login(house, again).status()).isEqualTo(201);

            // Another's receipt, a changed one, one that is too old.
            assertThat(login(house, auth("demo", Map.of("password", "demopw")), "Openstack-Auth-Receipt", receipt)
                            .status())
                    .isEqualTo(401);
            var forged = login(house, auth("u", Map.of("totp", passcode(0))), "Openstack-Auth-Receipt", receipt + "A");
            assertThat(forged.status()).isEqualTo(400);
            assertThat(forged.message()).isEqualTo("This is not a recognized Fernet receipt " + receipt + "A");
            var token = login(house, auth("demo", Map.of("password", "demopw"))).header("X-Subject-Token");
            assertThat(login(house, auth("u", Map.of("totp", passcode(0))), "Openstack-Auth-Receipt", token)
                            .status())
                    .isEqualTo(400);
            clock.forward(Duration.ofSeconds(301));
            assertThat(login(house, auth("u", Map.of("totp", passcode(0))), "Openstack-Auth-Receipt", receipt)
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void login_whenRulesAreOffOrNameNoWorkingMethod_needsOneMethod() {
        try (var house = House.on("sqlite", directory, METHODS, clock)) {
            user(house, "off", "{\"multi_factor_auth_enabled\": false, \"multi_factor_auth_rules\": [[\"totp\"]]}");
            user(house, "gone", "{\"multi_factor_auth_rules\": [[\"saml2\"], [\"kerberos\", \"x509\"]]}");
            user(house, "rest", "{\"multi_factor_auth_rules\": [[\"saml2\", \"totp\"]]}");
            for (var name : List.of("off", "gone"))
                assertThat(login(house, auth(name, Map.of("password", "first"))).status())
                        .isEqualTo(201);
            assertThat(login(house, auth("rest", Map.of("password", "first"))).status())
                    .isEqualTo(401);
            assertThat(login(house, auth("rest", Map.of("totp", passcode(0)))).status())
                    .isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fernet", "jws"})
    void validate_whenTokenHasExpired_holdsForServicesThatAsk_unlessItWasRevoked(String provider) {
        try (var house = House.on("sqlite", directory, "[token]\nprovider = " + provider + "\n", clock)) {
            var old = house.demo();
            var revoked = house.demo();
            house.send("DELETE", "/v3/auth/tokens", "", "X-Auth-Token", revoked, "X-Subject-Token", revoked);
            clock.forward(Duration.ofHours(24));
            var admin = house.admin();
            assertThat(validate(house, admin, old, "").status()).isEqualTo(404);
            assertThat(validate(house, admin, old, "?allow_expired=1").status()).isEqualTo(200);
            assertThat(validate(house, admin, old, "?allow_expired=false").status())
                    .isEqualTo(404);
            assertThat(house.as(old, "GET", "/v3/auth/projects").status()).isEqualTo(401);
            assertThat(validate(house, admin, revoked, "?allow_expired=true").status())
                    .isEqualTo(404);
            for (var reconciler : house.module.reconcilers()) reconciler.reconcile();
            assertThat(validate(house, admin, revoked, "?allow_expired=true").status())
                    .isEqualTo(404);
            clock.forward(Duration.ofHours(48));
            assertThat(validate(house, house.admin(), old, "?allow_expired=1").status())
                    .isEqualTo(404);
        }
    }

    @Test
    void call_whenTokenHasExpired_isServedForAServiceAlone() {
        try (var house = House.on("sqlite", directory, "", clock)) {
            var admin = house.admin();
            var id = house.as(admin, "POST", "/v3/users", "{\"user\": {\"name\": \"caller\", \"password\": \"pw\"}}")
                    .body()
                    .at("/user/id")
                    .asString();
            var role = house.as(admin, "GET", "/v3/roles?name=service").body().at("/roles/0/id");
            var project =
                    house.validate(admin, admin).body().at("/token/project/id").asString();
            house.as(admin, "PUT", "/v3/projects/" + project + "/users/" + id + "/roles/" + role.asString());
            var old = house.demo();
            var revoked = house.demo();
            house.send("DELETE", "/v3/auth/tokens", "", "X-Auth-Token", revoked, "X-Subject-Token", revoked);
            clock.forward(Duration.ofHours(25));
            var service = house.token("caller", "pw", "admin");
            assertThat(served(house, old, service)).isEqualTo(200);
            assertThat(served(house, old, house.demo())).isEqualTo(401);
            assertThat(served(house, old, old)).isEqualTo(401);
            assertThat(served(house, revoked, service)).isEqualTo(401);
            assertThat(served(house, "none", service)).isEqualTo(401);
            clock.forward(Duration.ofHours(48));
            assertThat(served(house, old, house.token("caller", "pw", "admin"))).isEqualTo(401);
        }
    }

    private static int served(House house, String token, String service) {
        return house.send("GET", "/v3/auth/projects", "", "X-Auth-Token", token, "X-Service-Token", service)
                .status();
    }

    private static House.Answer validate(House house, String by, String subject, String query) {
        return house.send("GET", "/v3/auth/tokens" + query, "", "X-Auth-Token", by, "X-Subject-Token", subject);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void events_whenTokensWereRevoked_listThem_sinceATime(String kind) {
        try (var house = House.on(kind, directory, "", clock)) {
            var admin = house.admin();
            assertThat(house.as(house.demo(), "GET", "/v3/OS-REVOKE/events").status())
                    .isEqualTo(403);
            assertThat(house.as(admin, "GET", "/v3/OS-REVOKE/events").body().get("events"))
                    .isEmpty();
            var demo = house.login(House.password("demo", House.DEMO_PASSWORD));
            house.send(
                    "DELETE",
                    "/v3/auth/tokens",
                    "",
                    "X-Auth-Token",
                    admin,
                    "X-Subject-Token",
                    demo.header("X-Subject-Token"));
            var event = house.as(admin, "GET", "/v3/OS-REVOKE/events").body().at("/events/0");
            assertThat(event.propertyNames()).containsExactly("audit_id", "issued_before", "revoked_at");
            assertThat(event.get("audit_id")).isEqualTo(demo.body().at("/token/audit_ids/0"));
            var user = demo.body().at("/token/user/id").asString();
            clock.forward(Duration.ofMinutes(1));
            var since = java.time.format.DateTimeFormatter.ISO_INSTANT.format(clock.instant());
            clock.forward(Duration.ofMinutes(1));
            house.as(admin, "PATCH", "/v3/users/" + user, "{\"user\": {\"enabled\": false}}");
            var later = house.as(admin, "GET", "/v3/OS-REVOKE/events?since=" + since);
            assertThat(later.body().get("events").findValuesAsString("user_id")).containsExactly(user);
            assertThat(later.body().at("/links/self").asString()).endsWith("/v3/OS-REVOKE/events");
            assertThat(house.as(admin, "GET", "/v3/OS-REVOKE/events?since=never")
                            .message())
                    .isEqualTo("invalidate date format never");
        }
    }

    @Test
    @Requirement("S0.4")
    void login_whenRepeated_givesAnotherToken_andBothHold() {
        try (var house = House.on("sqlite", directory, "", clock)) {
            var one = house.demo();
            var other = house.demo();
            assertThat(one).isNotEqualTo(other);
            clock.forward(Duration.ofHours(23));
            var admin = house.admin();
            for (var token : List.of(one, other))
                assertThat(house.validate(admin, token).status()).isEqualTo(200);
            clock.forward(Duration.ofHours(1));
            for (var token : List.of(one, other))
                assertThat(house.validate(house.admin(), token).status()).isEqualTo(404);
        }
    }

    @Test
    void jws_whenItIsTheProvider_tokensAreIssuedValidatedAndRevoked() {
        try (var house = House.on("sqlite", directory, "[token]\nprovider = jws\n", clock)) {
            var admin = house.admin();
            var demo = house.demo();
            assertThat(demo).startsWith("eyJ");
            assertThat(house.validate(admin, demo).status()).isEqualTo(200);
            house.send("DELETE", "/v3/auth/tokens", "", "X-Auth-Token", admin, "X-Subject-Token", demo);
            assertThat(house.validate(admin, demo).message()).isEqualTo("Failed to validate token");
            assertThat(house.validate(admin, "eyJx").message()).isEqualTo("Could not find token: eyJx.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.4")
    void ec2_whenSignatureHolds_givesTokenOfItsUser(String kind) {
        try (var house = House.on(kind, directory, "", clock)) {
            var demo = house.demo();
            var admin = house.admin();
            var who = house.validate(admin, demo).body();
            var user = who.at("/token/user/id").asString();
            var project = who.at("/token/project/id").asString();
            var keys = house.as(
                            demo,
                            "POST",
                            "/v3/users/" + user + "/credentials/OS-EC2",
                            "{\"tenant_id\": \"" + project + "\"}")
                    .body()
                    .get("credential");
            var sign = new cloud.yun.identity.ec2.SignerForTests(
                    keys.get("access").asString(), keys.get("secret").asString());
            var now = java.time.format.DateTimeFormatter.ISO_INSTANT.format(
                    clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
            assertThat(house.as(demo, "POST", "/v3/ec2tokens", sign.ec2(now)).status())
                    .isEqualTo(403);
            var answer = house.as(admin, "POST", "/v3/ec2tokens", sign.ec2(now));
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
            assertThat(answer.body().at("/token/user/name").asString()).isEqualTo("demo");
            assertThat(answer.body().at("/token/project/id").asString()).isEqualTo(project);
            assertThat(answer.body().at("/token/catalog")).isNotEmpty();
            var token = answer.header("X-Subject-Token");
            assertThat(house.as(token, "GET", "/v3/auth/projects").status()).isEqualTo(200);
            assertThat(house.as(admin, "POST", "/v3/s3tokens", sign.s3()).status())
                    .isEqualTo(200);

            var wrong =
                    new cloud.yun.identity.ec2.SignerForTests(keys.get("access").asString(), "not it");
            assertThat(house.as(admin, "POST", "/v3/ec2tokens", wrong.ec2(now)).status())
                    .isEqualTo(401);
            assertThat(house.as(admin, "POST", "/v3/s3tokens", wrong.s3()).status())
                    .isEqualTo(401);
            var unknown = new cloud.yun.identity.ec2.SignerForTests("nobody", "not it");
            assertThat(house.as(admin, "POST", "/v3/ec2tokens", unknown.ec2(now))
                            .message())
                    .isEqualTo("EC2 access key not found.");
            assertThat(house.as(admin, "POST", "/v3/ec2tokens", "{}").status()).isEqualTo(400);
            clock.forward(Duration.ofMinutes(16));
            assertThat(house.as(admin, "POST", "/v3/ec2tokens", sign.ec2(now)).status())
                    .isEqualTo(401);
        }
    }

    @Test
    void login_whenItFails_saysTheSameForAnyReason() {
        try (var house = House.on("sqlite", directory, "", clock)) {
            var wrong = house.login(House.password("demo", "wrong"));
            var unknown = house.login(House.password("nobody", "wrong"));
            var otherDomain = House.password("demo", House.DEMO_PASSWORD);
            ((ObjectNode) otherDomain.at("/auth/identity/password/user/domain")).put("id", "no-such-domain");
            var noProject = house.login(House.withProject(House.password("demo", House.DEMO_PASSWORD), "no such"));
            var foreign = house.login(House.withProject(House.password("demo", House.DEMO_PASSWORD), "admin"));
            for (var answer : List.of(unknown, house.login(otherDomain), noProject, foreign)) {
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.body()).isEqualTo(wrong.body());
                assertThat(answer.headers().keySet()).isEqualTo(wrong.headers().keySet());
            }
        }
    }
}
