package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.json.Json;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `[security_compliance]` and the users' options that make exceptions from it.
class SecurityComplianceTest {
    private static final String REQUIRES = "The request you have made requires authentication.";

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();

    private House house(String kind, String options) {
        return House.on(kind, directory, "[security_compliance]\n" + options, clock);
    }

    private static String user(House house, String name, String options) {
        var body = "{\"user\": {\"name\": \"" + name + "\", \"password\": \"first\", \"options\": " + options + "}}";
        var answer = house.as(house.admin(), "POST", "/v3/users", body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().at("/user/id").asString();
    }

    private static House.Answer change(House house, String id, String from, String to) {
        var body = Json.object();
        body.putObject("user").put("original_password", from).put("password", to);
        return house.send("POST", "/v3/users/" + id + "/password", body.toString());
    }

    private static House.Answer login(House house, String name, String password) {
        return house.login(House.password(name, password));
    }

    private static House.Answer patch(House house, String id, String user) {
        var answer = house.as(house.admin(), "PATCH", "/v3/users/" + id, "{\"user\": " + user + "}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.2")
    void login_whenPasswordWasWrongTooOften_isRefusedUntilTheLockRunsOutOrAnAdminOpensIt(String kind) {
        try (var house = house(kind, "lockout_failure_attempts = 3\nlockout_duration = 600\n")) {
            var id = user(house, "locked", "{}");
            user(house, "service", "{\"ignore_lockout_failure_attempts\": true}");
            for (int i = 0; i < 3; i++) {
                assertThat(login(house, "locked", "wrong").message()).isEqualTo(REQUIRES);
                login(house, "service", "wrong");
            }
            // The same answer as to a wrong password: who knows it must not learn that it is right.
            assertThat(login(house, "locked", "first").body())
                    .isEqualTo(login(house, "locked", "wrong").body());
            assertThat(login(house, "locked", "first").status()).isEqualTo(401);
            assertThat(change(house, id, "first", "second").status()).isEqualTo(401);
            assertThat(login(house, "service", "first").status()).isEqualTo(201);

            clock.forward(Duration.ofSeconds(601));
            assertThat(login(house, "locked", "first").status()).isEqualTo(201);
            // A right password also ends the row of wrong ones.
            login(house, "locked", "wrong");
            login(house, "locked", "wrong");
            assertThat(login(house, "locked", "first").status()).isEqualTo(201);

            for (int i = 0; i < 3; i++) login(house, "locked", "wrong");
            assertThat(login(house, "locked", "first").status()).isEqualTo(401);
            patch(house, id, "{\"enabled\": true}");
            assertThat(login(house, "locked", "first").status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    @Requirement("S3.2")
    void password_whenItsDaysAreOver_mustBeChanged(String kind) {
        try (var house = house(kind, "password_expires_days = 2\n")) {
            var id = user(house, "ages", "{}");
            user(house, "service", "{\"ignore_password_expiry\": true}");
            var shown = house.as(house.admin(), "GET", "/v3/users/" + id);
            var end = Instant.parse(shown.body().at("/user/password_expires_at").asString() + "Z");
            assertThat(Duration.between(clock.instant(), end)).isBetween(Duration.ofHours(47), Duration.ofHours(48));
            assertThat(login(house, "ages", "first").status()).isEqualTo(201);

            clock.forward(Duration.ofDays(2).plusSeconds(1));
            var late = login(house, "ages", "first");
            assertThat(late.status()).isEqualTo(401);
            assertThat(late.message())
                    .isEqualTo("The password is expired and needs to be changed for user: " + id + ".");
            assertThat(login(house, "ages", "wrong").message()).isEqualTo(REQUIRES);
            assertThat(login(house, "service", "first").status()).isEqualTo(201);

            assertThat(change(house, id, "first", "second").status()).isEqualTo(204);
            assertThat(login(house, "ages", "second").status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void change_whenPasswordIsOneOfTheLast_is400_andOlderOnesAreFreeAgain(String kind) {
        try (var house = house(kind, "unique_last_password_count = 2\n")) {
            var id = user(house, "repeats", "{}");
            var said = "The new password cannot be identical to a previous password. The total number which includes"
                    + " the new password must be unique is 2.";
            assertThat(change(house, id, "first", "first").message()).isEqualTo(said);
            assertThat(change(house, id, "first", "second").status()).isEqualTo(204);
            assertThat(change(house, id, "second", "first").status()).isEqualTo(400);
            assertThat(change(house, id, "second", "third").status()).isEqualTo(204);
            assertThat(change(house, id, "third", "first").status()).isEqualTo(204);
            // An administrator may set any.
            patch(house, id, "{\"password\": \"third\"}");
            assertThat(login(house, "repeats", "third").status()).isEqualTo(201);
        }
    }

    @Test
    void change_whenPasswordIsYoung_is400_exceptAfterAnAdministratorSetIt() {
        try (var house = house("sqlite", "minimum_password_age = 1\n")) {
            var id = user(house, "hurries", "{}");
            assertThat(change(house, id, "first", "second").status()).isEqualTo(204);
            clock.forward(Duration.ofHours(1));
            assertThat(change(house, id, "second", "third").message())
                    .isEqualTo("You cannot change your password at this time due to the minimum password age. Once"
                            + " you change your password, it must be used for 1 day(s) before it can be changed."
                            + " Please try again in 0 day(s) or contact your administrator to reset your password.");
            clock.forward(Duration.ofHours(24));
            assertThat(change(house, id, "second", "third").status()).isEqualTo(204);
            patch(house, id, "{\"password\": \"reset\"}");
            assertThat(change(house, id, "reset", "fourth").status()).isEqualTo(204);
        }
    }

    @Test
    void change_whenAnAdministratorLockedThePassword_is400() {
        try (var house = house("sqlite", "")) {
            var id = user(house, "fixed", "{\"lock_password\": true}");
            assertThat(change(house, id, "wrong", "second").status()).isEqualTo(401);
            var answer = change(house, id, "first", "second");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message())
                    .isEqualTo("You cannot change your password at this time due to password policy disallowing"
                            + " password changes. Please contact your administrator to reset your password.");
            patch(house, id, "{\"options\": {\"lock_password\": null}}");
            assertThat(change(house, id, "first", "second").status()).isEqualTo(204);
        }
    }

    @Test
    void password_whenItDoesNotMatchTheExpression_is400_whoeverSetsIt() {
        try (var house = House.on(
                "sqlite",
                directory,
                "[security_compliance]\npassword_regex = ^(?=.*\\d)(?=.*[a-zA-Z]).{7,}$\n"
                        + "password_regex_description = 7 characters, a letter, a digit\n",
                clock)) {
            var said = "The password does not match the requirements: 7 characters, a letter, a digit.";
            var admin = house.admin();
            assertThat(house.as(admin, "POST", "/v3/users", "{\"user\": {\"name\": \"u\", \"password\": \"short\"}}")
                            .message())
                    .isEqualTo(said);
            var made = house.as(
                    admin, "POST", "/v3/users", "{\"user\": {\"name\": \"u\", \"password\": \"longer than 7\"}}");
            var id = made.body().at("/user/id").asString();
            assertThat(house.as(admin, "PATCH", "/v3/users/" + id, "{\"user\": {\"password\": \"x\"}}")
                            .message())
                    .isEqualTo(said);
            assertThat(change(house, id, "longer than 7", "x").message()).isEqualTo(said);
            assertThat(change(house, id, "longer than 7", "longer than 8").status())
                    .isEqualTo(204);
        }
    }

    @Test
    void login_whenAnAdministratorSetThePassword_asksForANewOneFirst() {
        try (var house = house("sqlite", "")) {
            // Before the option is on: the bootstrap's own admin keeps its password.
            assertThat(house.admin()).isNotEmpty();
        }
        try (var house = house("sqlite", "change_password_upon_first_use = true\n")) {
            var id = user(house, "new", "{}");
            user(house, "service", "{\"ignore_change_password_upon_first_use\": true}");
            assertThat(login(house, "new", "first").message()).startsWith("The password is expired");
            assertThat(login(house, "service", "first").status()).isEqualTo(201);
            assertThat(change(house, id, "first", "second").status()).isEqualTo(204);
            assertThat(login(house, "new", "second").status()).isEqualTo(201);
            patch(house, id, "{\"password\": \"reset\"}");
            assertThat(login(house, "new", "reset").status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void user_whenAwayTooLong_isDisabled_untilEnabledAgain(String kind) {
        try (var house = house(kind, "disable_user_account_days_inactive = 30\n")) {
            var id = user(house, "away", "{}");
            user(house, "service", "{\"ignore_user_inactivity\": true}");
            clock.forward(Duration.ofDays(29));
            assertThat(login(house, "away", "first").status()).isEqualTo(201);
            house.admin();
            clock.forward(Duration.ofDays(29));
            assertThat(login(house, "away", "first").status()).isEqualTo(201);
            house.admin();
            clock.forward(Duration.ofDays(29));
            house.admin();
            clock.forward(Duration.ofDays(1));
            assertThat(login(house, "away", "first").message())
                    .isEqualTo("The account is disabled for user: " + id + ".");
            assertThat(login(house, "away", "wrong").message()).isEqualTo(REQUIRES);
            assertThat(login(house, "service", "first").status()).isEqualTo(201);
            assertThat(house.as(house.admin(), "GET", "/v3/users/" + id)
                            .body()
                            .at("/user/enabled")
                            .asBoolean())
                    .isFalse();
            assertThat(patch(house, id, "{\"enabled\": true}")
                            .body()
                            .at("/user/enabled")
                            .asBoolean())
                    .isTrue();
            assertThat(login(house, "away", "first").status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_whenFilteredByTheEndOfPasswords_walksThatOrder(String kind) {
        try (var house = house(kind, "password_expires_days = 10\n")) {
            user(house, "first", "{}");
            clock.forward(Duration.ofDays(1));
            user(house, "second", "{}");
            user(house, "never", "{\"ignore_password_expiry\": true}");
            var admin = house.admin();
            var between = java.time.format.DateTimeFormatter.ISO_INSTANT.format(clock.instant()
                    .plus(Duration.ofDays(9))
                    .plusSeconds(3600)
                    .truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
            var path = "/v3/users?password_expires_at=";
            assertThat(names(house.as(admin, "GET", path + "lt:" + between))).containsExactly("first");
            assertThat(names(house.as(admin, "GET", path + "gte:" + between))).containsExactly("second");
            assertThat(names(house.as(admin, "GET", path + "neq:" + between))).containsExactly("first", "second");
            assertThat(names(house.as(admin, "GET", path + between))).isEmpty();
            var page = house.as(admin, "GET", path + "neq:" + between + "&limit=1");
            assertThat(names(page)).containsExactly("first");
            var next = page.body().at("/links/next").asString();
            assertThat(names(house.as(admin, "GET", next.substring(next.indexOf("/v3/")))))
                    .containsExactly("second");
            assertThat(house.as(admin, "GET", path + "ab:" + between).message())
                    .isEqualTo("The given operator ab is not valid. It must be one of the following: 'eq', 'neq',"
                            + " 'lt', 'lte', 'gt', or 'gte'.");
            assertThat(house.as(admin, "GET", path + "lt:soon").message())
                    .startsWith("Timestamp not in expected format.");
            assertThat(names(house.as(admin, "GET", "/v3/users?idp_id=x"))).isEmpty();
            assertThat(house.as(admin, "GET", "/v3/users?marker=nobody").message())
                    .isEqualTo("Marker nobody could not be found.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void user_whenAnIdentityProviderKnowsIt_showsThat_andIsFoundByIt(String kind) {
        try (var house = house(kind, "")) {
            var admin = house.admin();
            var known = "{\"user\": {\"name\": \"fed\", \"federated\": [{\"idp_id\": \"acme\", \"protocols\":"
                    + " [{\"protocol_id\": \"saml2\", \"unique_id\": \"jane\"}]}]}}";
            assertThat(house.as(admin, "POST", "/v3/users", known).message())
                    .isEqualTo("Could not find Identity Provider: acme");
            var idp =
                    house.as(admin, "PUT", "/v3/OS-FEDERATION/identity_providers/acme", "{\"identity_provider\": {}}");
            assertThat(idp.status()).as(idp.body().toString()).isEqualTo(201);
            assertThat(house.as(admin, "POST", "/v3/users", known).message())
                    .isEqualTo("Could not find federated protocol saml2 for Identity Provider: acme.");
            var rules = "{\"mapping\": {\"rules\": [{\"local\": [{\"user\": {\"name\": \"{0}\"}}], \"remote\":"
                    + " [{\"type\": \"uid\"}]}]}}";
            house.as(admin, "PUT", "/v3/OS-FEDERATION/mappings/m", rules);
            var protocol = house.as(
                    admin,
                    "PUT",
                    "/v3/OS-FEDERATION/identity_providers/acme/protocols/saml2",
                    "{\"protocol\": {\"mapping_id\": \"m\"}}");
            assertThat(protocol.status()).as(protocol.body().toString()).isEqualTo(201);
            var made = house.as(admin, "POST", "/v3/users", known);
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            var expected = Json.stored(known).at("/user/federated");
            assertThat(made.body().at("/user/federated")).isEqualTo(expected);
            var path = "/v3/users/" + made.body().at("/user/id").asString();
            assertThat(house.as(admin, "GET", path).body().at("/user/federated"))
                    .isEqualTo(expected);
            assertThat(names(house.as(admin, "GET", "/v3/users?idp_id=acme&unique_id=jane")))
                    .containsExactly("fed");
            assertThat(names(house.as(admin, "GET", "/v3/users?unique_id=joe"))).isEmpty();
            assertThat(house.as(admin, "POST", "/v3/users", known.replace("fed\"", "fed2\""))
                            .status())
                    .isEqualTo(409);
            assertThat(house.as(admin, "DELETE", path).status()).isEqualTo(204);
            assertThat(names(house.as(admin, "GET", "/v3/users?idp_id=acme"))).isEmpty();
        }
    }

    private static java.util.List<String> names(House.Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().get("users").findValuesAsString("name");
    }
}
