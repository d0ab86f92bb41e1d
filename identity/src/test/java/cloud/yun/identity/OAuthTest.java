package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class OAuthTest {
    private static final String LOGIN = "{\"auth\": {\"identity\": {\"methods\": [\"oauth1\"], \"oauth1\": {}}}}";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// A client of its own, after RFC 5849: no code of the server.
    private record Signer(String consumer, String secret, String token, String tokenSecret) {
        String header(String url, Map<String, String> more) {
            var all = new TreeMap<String, String>(more);
            all.put("oauth_consumer_key", consumer);
            all.put("oauth_nonce", UUID.randomUUID().toString());
            all.put("oauth_signature_method", "HMAC-SHA1");
            all.put("oauth_timestamp", Long.toString(Instant.now().getEpochSecond()));
            if (!token.isEmpty()) all.put("oauth_token", token);
            var normal = new StringBuilder();
            all.forEach((k, v) -> normal.append(normal.isEmpty() ? "" : "&")
                    .append(encode(k))
                    .append('=')
                    .append(encode(v)));
            var base = "POST&" + encode(url) + "&" + encode(normal.toString());
            all.put("oauth_signature", sign(base));
            var header = new StringBuilder("OAuth realm=\"x\"");
            all.forEach((k, v) -> header.append(", ")
                    .append(k)
                    .append("=\"")
                    .append(encode(v))
                    .append('"'));
            return header.toString();
        }

        private String sign(String base) {
            try {
                var mac = Mac.getInstance("HmacSHA1");
                var key = encode(secret) + "&" + encode(tokenSecret);
                mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
                return Base64.getEncoder().encodeToString(mac.doFinal(base.getBytes(StandardCharsets.UTF_8)));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Form(int status, Map<String, String> fields) {
        String token() {
            return fields.getOrDefault("oauth_token", "");
        }

        String secret() {
            return fields.getOrDefault("oauth_token_secret", "");
        }
    }

    private Form post(House house, String path, Signer signer, Map<String, String> oauth, String project) {
        var url = house.url() + path;
        return post(url, signer.header(url, oauth), project);
    }

    private Form post(String url, String header, String project) {
        var request = HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.noBody())
                .header("Authorization", header);
        if (!project.isEmpty()) request.header("Requested-Project-Id", project);
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            var fields = new HashMap<String, String>();
            if (answer.statusCode() == 201)
                for (var pair : answer.body().split("&", -1)) fields.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
            return new Form(answer.statusCode(), fields);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode consumer(House house, String admin) {
        var made = house.as(admin, "POST", "/v3/OS-OAUTH1/consumers", "{\"consumer\": {\"description\": \"c\"}}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        return made.body().get("consumer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void consumers_whenChanged_keepTheirSecretToThemselves(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var made = consumer(house, admin);
            var path = "/v3/OS-OAUTH1/consumers/" + made.get("id").asString();
            assertThat(made.get("secret").asString()).hasSize(32);
            var shown = house.as(admin, "GET", path).body().get("consumer");
            assertThat(shown.has("secret")).isFalse();
            assertThat(shown.get("links")).isEqualTo(made.get("links"));
            var changed = house.as(admin, "PATCH", path, "{\"consumer\": {\"description\": \"d\", \"more\": 1}}");
            assertThat(changed.body().at("/consumer/description").asString()).isEqualTo("d");
            assertThat(house.as(admin, "PATCH", path, "{\"consumer\": {\"secret\": \"x\"}}")
                            .status())
                    .isEqualTo(400);
            assertThat(house.as(admin, "GET", "/v3/OS-OAUTH1/consumers")
                            .body()
                            .at("/consumers/0/more")
                            .asInt())
                    .isEqualTo(1);
            assertThat(house.as(house.demo(), "GET", path).status()).isEqualTo(403);
            assertThat(house.as(admin, "POST", "/v3/OS-OAUTH1/consumers", "{\"consumer\": {}}")
                            .status())
                    .isEqualTo(201);
            assertThat(house.as(admin, "DELETE", path).status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", path).status()).isEqualTo(404);
            assertThat(house.as(admin, "DELETE", path).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void consumer_whenAUserAuthorisesIt_getsATokenWithThoseRoles_untilEitherIsTakenBack(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            var cast = new Cast(house);
            var me = house.validate(admin, admin).body().get("token");
            var user = me.at("/user/id").asString();
            var project = me.at("/project/id").asString();
            var consumer = consumer(house, admin);
            var id = consumer.get("id").asString();
            var secret = consumer.get("secret").asString();
            var first = new Signer(id, secret, "", "");

            assertThat(post(house, "/v3/OS-OAUTH1/request_token", first, Map.of(), "")
                            .status())
                    .isEqualTo(400);
            assertThat(post(house, "/v3/OS-OAUTH1/request_token", first, Map.of(), "no-such")
                            .status())
                    .isEqualTo(404);
            var wrong = new Signer(id, "wrong", "", "");
            assertThat(post(house, "/v3/OS-OAUTH1/request_token", wrong, Map.of(), project)
                            .status())
                    .isEqualTo(401);
            var url = house.url() + "/v3/OS-OAUTH1/request_token";
            var header = first.header(url, Map.of("oauth_callback", "oob"));
            var asked = post(url, header, project);
            assertThat(asked.status()).isEqualTo(201);
            assertThat(post(url, header, project).status())
                    .as("the same request again")
                    .isEqualTo(401);

            // Nobody has authorised it so far.
            var second = new Signer(id, secret, asked.token(), asked.secret());
            var access = "/v3/OS-OAUTH1/access_token";
            assertThat(post(house, access, second, Map.of("oauth_verifier", "abcdefgh"), "")
                            .status())
                    .isEqualTo(401);
            var authorize = "/v3/OS-OAUTH1/authorize/" + asked.token();
            var roles = "{\"roles\": [{\"name\": \"manager\"}]}";
            assertThat(house.as(house.demo(), "PUT", authorize, roles).status()).isEqualTo(403);
            assertThat(house.as(admin, "PUT", authorize, "{\"roles\": [{\"id\": \"no-such\"}]}")
                            .status())
                    .isEqualTo(401);
            var authorized = house.as(admin, "PUT", authorize, roles);
            assertThat(authorized.status()).as(authorized.body().toString()).isEqualTo(200);
            var verifier = authorized.body().at("/token/oauth_verifier").asString();
            assertThat(post(house, access, second, Map.of("oauth_verifier", "abcdefgh"), "")
                            .status())
                    .isEqualTo(401);
            assertThat(post(house, access, second, Map.of(), "").status()).isEqualTo(400);
            var given = post(house, access, second, Map.of("oauth_verifier", verifier), "");
            assertThat(given.status()).isEqualTo(201);
            assertThat(post(house, access, second, Map.of("oauth_verifier", verifier), "")
                            .status())
                    .as("a request token is good for one access token")
                    .isEqualTo(404);

            var path = "/v3/users/" + user + "/OS-OAUTH1/access_tokens/" + given.token();
            var shown = house.as(admin, "GET", path).body().get("access_token");
            assertThat(shown.get("expires_at").asString())
                    .isEqualTo(given.fields().get("oauth_expires_at"));
            assertThat(shown.get("project_id").asString()).isEqualTo(project);
            assertThat(house.as(admin, "GET", path + "/roles")
                            .body()
                            .at("/roles/0/name")
                            .asString())
                    .isEqualTo("manager");
            assertThat(house.as(admin, "GET", path + "/roles/" + cast.role("manager"))
                            .status())
                    .isEqualTo(200);
            assertThat(house.as(admin, "GET", path + "/roles/" + cast.role("admin"))
                            .status())
                    .isEqualTo(404);

            var third = new Signer(id, secret, given.token(), given.secret());
            var tokens = house.url() + "/v3/auth/tokens";
            var login = house.send("POST", "/v3/auth/tokens", LOGIN, "Authorization", third.header(tokens, Map.of()));
            assertThat(login.status()).as(login.body().toString()).isEqualTo(201);
            var token = login.body().get("token");
            assertThat(token.at("/OS-OAUTH1/consumer_id").asString()).isEqualTo(id);
            assertThat(token.at("/OS-OAUTH1/access_token_id").asString()).isEqualTo(given.token());
            assertThat(token.at("/project/id").asString()).isEqualTo(project);
            assertThat(token.get("roles").findValuesAsString("name"))
                    .containsExactlyInAnyOrder("manager", "member", "reader");
            assertThat(token.at("/methods/0").asString()).isEqualTo("oauth1");
            var forged = new Signer(id, secret, given.token(), "x").header(tokens, Map.of());
            assertThat(house.send("POST", "/v3/auth/tokens", LOGIN, "Authorization", forged)
                            .status())
                    .isEqualTo(401);

            var subject = login.header("X-Subject-Token");
            assertThat(house.validate(admin, subject).status()).isEqualTo(200);
            // What came by OAuth makes nothing that lasts longer.
            var credentials = "/v3/users/" + user + "/application_credentials";
            assertThat(house.as(subject, "POST", credentials, "{\"application_credential\": {\"name\": \"a\"}}")
                            .status())
                    .isEqualTo(403);
            var again =
                    "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"" + subject + "\"}}}}";
            assertThat(house.send("POST", "/v3/auth/tokens", again).status()).isEqualTo(403);

            assertThat(house.as(admin, "DELETE", path).status()).isEqualTo(204);
            assertThat(house.validate(admin, subject).status()).isEqualTo(404);
            assertThat(house.as(admin, "GET", path).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "sqlite")
    void oauth2_whenAClientHasCredentials_getsABearerToken_elseOAuthsOwnErrors(String kind) {
        try (var house = House.on(kind, directory)) {
            var cast = new Cast(house);
            var user = cast.user("u");
            cast.grant(cast.project("p"), user, cast.role("member"));
            var made = house.as(
                    house.token("u", "pw", "p"),
                    "POST",
                    "/v3/users/" + user + "/application_credentials",
                    "{\"application_credential\": {\"name\": \"a\", \"secret\": \"s\"}}");
            var id = made.body().at("/application_credential/id").asString();
            var grant = "grant_type=client_credentials";

            var good = oauth2(house, grant, basic(id, "s"));
            assertThat(good.status()).as(good.body().toString()).isEqualTo(200);
            assertThat(good.body().get("token_type").asString()).isEqualTo("Bearer");
            assertThat(good.body().get("expires_in").asInt()).isEqualTo(86_400);
            var token = good.body().get("access_token").asString();
            assertThat(house.validate(cast.admin, token)
                            .body()
                            .at("/token/user/id")
                            .asString())
                    .isEqualTo(user);
            assertThat(house.send("GET", "/v3/auth/catalog", "", "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(200);
            var form = oauth2(house, grant + "&client_id=" + id + "&client_secret=s", "");
            assertThat(form.status()).isEqualTo(200);

            error(oauth2(house, grant, basic(id, "wrong")), 401, "invalid_client");
            error(oauth2(house, grant, basic("no-such", "s")), 401, "invalid_client");
            error(oauth2(house, grant, ""), 401, "invalid_client");
            error(oauth2(house, "a=b", basic(id, "s")), 400, "invalid_request");
            error(oauth2(house, "grant_type=password", basic(id, "s")), 400, "unsupported_grant_type");
            error(house.send("GET", "/v3/OS-OAUTH2/token", ""), 405, "other_error");
        }
    }

    private static void error(House.Answer answer, int status, String error) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.body().get("error").asString()).isEqualTo(error);
        assertThat(answer.body().get("error_description").asString()).isNotEmpty();
        assertThat(answer.header("WWW-Authenticate")).matches(h -> h.isEmpty() == (status != 401));
    }

    private static String basic(String id, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private House.Answer oauth2(House house, String form, String authorization) {
        var request = HttpRequest.newBuilder(URI.create(house.url() + "/v3/OS-OAUTH2/token"))
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .header("Content-Type", "application/x-www-form-urlencoded");
        if (!authorization.isEmpty()) request.header("Authorization", authorization);
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new House.Answer(
                    answer.statusCode(), answer.headers().map(), cloud.yun.kernel.json.Json.stored(answer.body()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
