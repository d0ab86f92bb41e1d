package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.House.Answer;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class TrustTest {
    @TempDir
    Path directory;

    private House house;
    private Cast cast;
    private String project = "";
    private String trustor = "";
    private String trustee = "";
    private String third = "";
    private String member = "";
    private String token = "";

    @BeforeEach
    void open() {
        house = House.sqlite(directory);
        people();
    }

    private void people() {
        cast = new Cast(house);
        project = cast.project("p");
        trustor = cast.user("trustor");
        trustee = cast.user("trustee");
        third = cast.user("third");
        member = cast.role("member");
        cast.grant(project, trustor, member);
        token = house.token("trustor", "pw", "p");
    }

    @AfterEach
    void close() {
        house.close();
    }

    private ObjectNode trust(Consumer<ObjectNode> change) {
        var body = Json.object();
        var trust = body.putObject("trust")
                .put("trustor_user_id", trustor)
                .put("trustee_user_id", trustee)
                .put("project_id", project)
                .put("impersonation", false);
        trust.putArray("roles").addObject().put("name", "member");
        change.accept(trust);
        return body;
    }

    private Answer create(String by, Consumer<ObjectNode> change) {
        return house.as(by, "POST", "/v3/OS-TRUST/trusts", trust(change).toString());
    }

    private String made(Consumer<ObjectNode> change) {
        var answer = create(token, change);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().at("/trust/id").asString();
    }

    private int get(String by, String path) {
        return house.as(by, "GET", "/v3/OS-TRUST/trusts" + path).status();
    }

    private int valid(String subject) {
        return house.validate(cast.admin, subject).status();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void trust_whenMade_isShownListedAndDeleted(String kind) throws IOException {
        house.close();
        house = House.on(kind, Files.createDirectory(directory.resolve(kind)));
        people();
        var end = "2199-02-27T18:30:59.999999Z";
        var made = create(token, t -> t.put("expires_at", end).put("remaining_uses", 3));
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        var id = made.body().at("/trust/id").asString();
        var shown = house.as(token, "GET", "/v3/OS-TRUST/trusts/" + id).body();
        assertThat(shown).isEqualTo(made.body());
        assertThat(shown.at("/trust/expires_at").asString()).isEqualTo(end);
        assertThat(shown.at("/trust/remaining_uses").asInt()).isEqualTo(3);
        assertThat(shown.at("/trust/redelegation_count").asInt()).isZero();
        assertThat(shown.at("/trust/roles/0/name").asString()).isEqualTo("member");
        assertThat(create(token, t -> t.put("expires_at", end)).status()).isEqualTo(409);

        var trusteeToken = cast.login("trustee", "\"unscoped\"").header("X-Subject-Token");
        assertThat(get(trusteeToken, "?trustee_user_id=" + trustee)).isEqualTo(200);
        assertThat(get(trusteeToken, "?trustor_user_id=" + trustor)).isEqualTo(403);
        assertThat(get(trusteeToken, "")).isEqualTo(403);
        assertThat(house.as(cast.admin, "GET", "/v3/OS-TRUST/trusts").body().get("trusts"))
                .hasSize(1);
        var listed = house.as(token, "GET", "/v3/OS-TRUST/trusts?trustor_user_id=" + trustor)
                .body();
        assertThat(listed.at("/trusts/0/id").asString()).isEqualTo(id);
        assertThat(listed.at("/trusts/0").has("roles")).isFalse();
        assertThat(get(token, "/" + id + "/roles")).isEqualTo(200);
        assertThat(get(token, "/" + id + "/roles/" + member)).isEqualTo(200);
        assertThat(get(token, "/" + id + "/roles/" + cast.role("reader"))).isEqualTo(404);
        assertThat(get(house.token("demo", House.DEMO_PASSWORD, "demo"), "/" + id))
                .isEqualTo(403);

        assertThat(house.as(trusteeToken, "DELETE", "/v3/OS-TRUST/trusts/" + id).status())
                .isEqualTo(403);
        assertThat(house.as(token, "DELETE", "/v3/OS-TRUST/trusts/" + id).status())
                .isEqualTo(204);
        assertThat(get(token, "/" + id)).isEqualTo(404);
        assertThat(house.as(token, "GET", "/v3/OS-TRUST/trusts?trustor_user_id=" + trustor)
                        .body()
                        .get("trusts"))
                .isEmpty();
    }

    @Test
    void create_whenItGivesWhatTheTrustorHasNot_orSaysNonsense_isRefused() {
        assertThat(create(token, t -> t.putArray("roles").addObject().put("name", "admin"))
                        .status())
                .isEqualTo(404);
        assertThat(create(token, t -> t.putArray("roles").addObject().put("name", "no-such"))
                        .status())
                .isEqualTo(404);
        assertThat(create(token, t -> t.remove("roles")).status()).isEqualTo(403);
        assertThat(create(token, t -> t.put("project_id", cast.project("other")))
                        .status())
                .isEqualTo(404);
        assertThat(create(token, t -> t.put("trustee_user_id", "nobody")).status())
                .isEqualTo(404);
        assertThat(create(token, t -> t.put("trustor_user_id", third)).status()).isEqualTo(403);
        assertThat(create(cast.admin, _ -> {}).status()).isEqualTo(403);
        assertThat(create(token, t -> t.put("expires_at", "2001-01-01T00:00:00Z"))
                        .status())
                .isEqualTo(400);
        assertThat(create(token, t -> t.put("expires_at", "bad.123Z")).status()).isEqualTo(400);
        assertThat(create(token, t -> t.put("remaining_uses", 0)).status()).isEqualTo(400);
        assertThat(create(token, t -> t.put("remaining_uses", 2).put("allow_redelegation", true))
                        .status())
                .isEqualTo(400);
        assertThat(create(token, t -> t.put("redelegation_count", 4).put("allow_redelegation", true))
                        .status())
                .isEqualTo(403);
        assertThat(create(token, t -> t.remove("impersonation")).status()).isEqualTo(400);
    }

    @Test
    void token_whenScopedToATrust_actsOnTheTrustorsProject_asItselfOrAsTheTrustor() {
        var plain = cast.byTrust("trustee", made(_ -> {}));
        assertThat(plain.status()).as(plain.body().toString()).isEqualTo(201);
        var body = plain.body().get("token");
        assertThat(body.at("/user/id").asString()).isEqualTo(trustee);
        assertThat(body.at("/project/id").asString()).isEqualTo(project);
        assertThat(body.at("/roles").findValuesAsString("name")).containsExactlyInAnyOrder("member", "reader");
        assertThat(body.at("/OS-TRUST:trust/impersonation").asBoolean(true)).isFalse();
        assertThat(body.at("/OS-TRUST:trust/trustor_user/id").asString()).isEqualTo(trustor);
        assertThat(body.at("/OS-TRUST:trust/trustee_user/id").asString()).isEqualTo(trustee);
        assertThat(body.get("catalog")).isNotEmpty();

        var id = made(t -> t.put("impersonation", true).put("expires_at", soon()));
        var acting = cast.byTrust("trustee", id);
        assertThat(acting.body().at("/token/user/id").asString()).isEqualTo(trustor);
        var expires = Instant.parse(acting.body().at("/token/expires_at").asString());
        assertThat(expires).isBeforeOrEqualTo(Instant.parse(soon()));
        var subject = acting.header("X-Subject-Token");
        assertThat(house.validate(subject, subject).body().at("/token/user/id").asString())
                .isEqualTo(trustor);

        assertThat(cast.byTrust("third", id).status()).isEqualTo(403);
        assertThat(cast.byTrust("trustee", "no-such").status()).isEqualTo(401);
    }

    private static String soon() {
        return Instant.now()
                .plusSeconds(600)
                .truncatedTo(java.time.temporal.ChronoUnit.MINUTES)
                .toString();
    }

    @Test
    void trust_whenUsedAsOftenAsItSays_givesNoMoreTokens_andThoseGivenHold() {
        var id = made(t -> t.put("remaining_uses", 2));
        var first = cast.byTrust("trustee", id);
        assertThat(first.status()).isEqualTo(201);
        assertThat(house.as(token, "GET", "/v3/OS-TRUST/trusts/" + id)
                        .body()
                        .at("/trust/remaining_uses")
                        .asInt())
                .isEqualTo(1);
        assertThat(cast.byTrust("third", id).status()).isEqualTo(403);
        assertThat(cast.byTrust("trustee", id).status()).isEqualTo(201);
        assertThat(cast.byTrust("trustee", id).status()).isEqualTo(401);
        assertThat(get(token, "/" + id)).isEqualTo(404);
        assertThat(valid(first.header("X-Subject-Token"))).isEqualTo(200);
    }

    @Test
    void tokenOfATrust_whenWhatItRestsOnGoes_isRefusedAtOnce() {
        refusedAfter(() -> cast.revoke(project, trustor, member), () -> cast.grant(project, trustor, member));
        refusedAfter(
                () -> cast.patchUser(trustor, "{\"enabled\": false}"),
                () -> cast.patchUser(trustor, "{\"enabled\": true}"));
        token = house.token("trustor", "pw", "p");
        refusedAfter(
                () -> cast.patchUser(trustee, "{\"enabled\": false}"),
                () -> cast.patchUser(trustee, "{\"enabled\": true}"));
        refusedAfter(() -> cast.patchUser(trustor, "{\"password\": \"pw\"}"), () -> {});
        token = house.token("trustor", "pw", "p");
        var id = made(_ -> {});
        var subject = cast.byTrust("trustee", id).header("X-Subject-Token");
        house.as(token, "DELETE", "/v3/OS-TRUST/trusts/" + id);
        assertThat(valid(subject)).isEqualTo(404);
        assertThat(cast.byTrust("trustee", id).status()).isEqualTo(401);

        var ofRole = cast.newRole("short-lived");
        cast.grant(project, trustor, ofRole);
        var withRole = made(t -> t.putArray("roles").addObject().put("id", ofRole));
        var two = cast.byTrust("trustee", withRole).header("X-Subject-Token");
        assertThat(valid(two)).isEqualTo(200);
        cast.delete("/v3/roles/" + ofRole);
        assertThat(valid(two)).isEqualTo(404);
        assertThat(cast.byTrust("trustee", withRole).status()).isEqualTo(403);
    }

    private void refusedAfter(Runnable change, Runnable back) {
        var id = made(_ -> {});
        var subject = cast.byTrust("trustee", id).header("X-Subject-Token");
        assertThat(valid(subject)).isEqualTo(200);
        change.run();
        assertThat(valid(subject)).isEqualTo(404);
        back.run();
    }

    @Test
    void trusts_whenTrusteeTrustorOrProjectIsDeleted_areGone() {
        var id = made(t -> t.put("trustee_user_id", third));
        cast.delete("/v3/users/" + third);
        assertThat(get(cast.admin, "/" + id)).isEqualTo(404);
        var other = made(_ -> {});
        cast.delete("/v3/projects/" + project);
        assertThat(get(cast.admin, "/" + other)).isEqualTo(404);
        long left = house.db.read(tx -> tx.number("SELECT COUNT(*) AS n FROM identity_trust"));
        assertThat(left).isZero();
    }

    @Test
    void tokenOfATrust_whenUsedForAnotherToken_orForAnApplicationCredential_isForbidden() {
        var subject =
                cast.byTrust("trustee", made(t -> t.put("impersonation", true))).header("X-Subject-Token");
        var auth = "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"" + subject + "\"}}}}";
        assertThat(house.send("POST", "/v3/auth/tokens", auth).status()).isEqualTo(403);
        var credentials = "/v3/users/" + trustor + "/application_credentials";
        var body = "{\"application_credential\": {\"name\": \"a\"}}";
        assertThat(house.as(subject, "POST", credentials, body).status()).isEqualTo(403);
        assertThat(house.as(subject, "GET", credentials).status()).isEqualTo(403);
        assertThat(house.as(subject, "GET", "/v3/users/" + trustor + "/access_rules")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void trust_whenRedelegated_goesNoDeeperNoLongerAndGivesNoMore() {
        var end = "2199-01-01T00:00:00.000000Z";
        var id = made(t -> t.put("impersonation", true)
                .put("allow_redelegation", true)
                .put("redelegation_count", 1)
                .put("expires_at", end));
        var subject = cast.byTrust("trustee", id).header("X-Subject-Token");
        assertThat(create(subject, t -> t.put("trustee_user_id", third).put("expires_at", "2199-01-02T00:00:00Z"))
                        .status())
                .isEqualTo(403);
        assertThat(create(
                                subject,
                                t -> t.put("trustee_user_id", third)
                                        .put("impersonation", true)
                                        .put("remaining_uses", 1))
                        .status())
                .isEqualTo(403);
        cast.grant(project, trustor, cast.role("manager"));
        assertThat(create(
                                subject,
                                t -> t.put("trustee_user_id", third)
                                        .putArray("roles")
                                        .addObject()
                                        .put("name", "manager"))
                        .status())
                .isEqualTo(403);
        var next = create(
                subject,
                t -> t.put("trustee_user_id", third).put("impersonation", true).put("allow_redelegation", true));
        assertThat(next.status()).as(next.body().toString()).isEqualTo(201);
        assertThat(next.body().at("/trust/redelegated_trust_id").asString()).isEqualTo(id);
        assertThat(next.body().at("/trust/redelegation_count").asInt()).isZero();
        assertThat(next.body().at("/trust/expires_at").asString()).isEqualTo(end);
        var nextId = next.body().at("/trust/id").asString();
        var last = cast.byTrust("third", nextId);
        assertThat(last.status()).as(last.body().toString()).isEqualTo(201);
        assertThat(create(last.header("X-Subject-Token"), t -> t.put("trustee_user_id", trustee))
                        .status())
                .isEqualTo(403);
        house.as(token, "DELETE", "/v3/OS-TRUST/trusts/" + id);
        assertThat(valid(last.header("X-Subject-Token"))).isEqualTo(404);
        assertThat(get(cast.admin, "/" + nextId)).isEqualTo(404);
    }
}
