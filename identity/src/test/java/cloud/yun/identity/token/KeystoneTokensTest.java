package cloud.yun.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.kernel.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Real Keystone (Debian's python3-keystone) and we, on one key repository: each reads the other's tokens.
class KeystoneTokensTest {
    private static final List<String> METHODS =
            List.of("external", "password", "token", "oauth1", "mapped", "application_credential");
    private static final String USER = "3c3194b6c6f94dbe873883650f54abfa";
    private static final String DIRECTORY_USER = "f186ae15ed3d83a7ce6af870403e8305448b950b5cfed89330327c82960d53cf";
    private static final String PROJECT = "3636239ab9f04797b9b908963c0a76be";
    private static final String OTHER = "e3514049f8574e63a4116850c44f81cc";
    private static final String FIRST = "MDEyMzQ1Njc4OWFiY2RlZg";
    private static final String SECOND = "ZmVkY2JhOTg3NjU0MzIxMA";
    private static final Instant ISSUED = Instant.ofEpochSecond(1_763_618_400);
    private static final Instant EXPIRES = Instant.ofEpochSecond(1_763_622_000);

    /// @param kind Keystone's class of this payload
    private record Case(String kind, TokenPayload payload) {}

    private static Case of(String kind, String user, String method, Scope scope, Delegation delegation) {
        // Methods are bits: they come back in the order of the configuration.
        var methods = METHODS.stream()
                .filter(m -> m.equals(method) || m.equals("token"))
                .toList();
        return new Case(
                kind, new TokenPayload(user, methods, scope, delegation, ISSUED, EXPIRES, List.of(FIRST, SECOND)));
    }

    private static final Delegation FEDERATION = new Delegation.Federation(List.of(OTHER), "my-idp", "saml2");

    private static final List<Case> CASES = List.of(
            of("UnscopedPayload", USER, "password", new Scope.Unscoped(), Delegation.NONE),
            of("UnscopedPayload", DIRECTORY_USER, "password", new Scope.Unscoped(), Delegation.NONE),
            of("DomainScopedPayload", USER, "password", new Scope.Domain("default"), Delegation.NONE),
            of("DomainScopedPayload", USER, "password", new Scope.Domain(OTHER), Delegation.NONE),
            of("ProjectScopedPayload", USER, "password", new Scope.Project(PROJECT), Delegation.NONE),
            of("ProjectScopedPayload", DIRECTORY_USER, "password", new Scope.Project(PROJECT), Delegation.NONE),
            of("TrustScopedPayload", USER, "password", new Scope.Project(PROJECT), new Delegation.Trust(OTHER)),
            of("FederatedUnscopedPayload", USER, "mapped", new Scope.Unscoped(), FEDERATION),
            of("FederatedProjectScopedPayload", USER, "mapped", new Scope.Project(PROJECT), FEDERATION),
            of("FederatedDomainScopedPayload", USER, "mapped", new Scope.Domain(OTHER), FEDERATION),
            of("OauthScopedPayload", USER, "oauth1", new Scope.Project(PROJECT), new Delegation.AccessToken(OTHER)),
            of("SystemScopedPayload", USER, "password", new Scope.System(), Delegation.NONE),
            of(
                    "ApplicationCredentialScopedPayload",
                    USER,
                    "application_credential",
                    new Scope.Project(PROJECT),
                    new Delegation.AppCredential(OTHER)));

    @TempDir
    Path directory;

    private FernetKeys keys;
    private FernetTokens tokens;
    private Process keystone;
    private BufferedReader answers;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/usr/lib/python3/dist-packages/keystone")),
                "Debian's package python3-keystone is not installed");
        var repository = directory.resolve("fernet-keys");
        keys = new FernetKeys(repository);
        keys.all();
        tokens = new FernetTokens(keys, METHODS);
        var script = directory.resolve("keystone_tokens.py");
        try (var in = KeystoneTokensTest.class.getResourceAsStream("/keystone_tokens.py")) {
            Files.write(script, java.util.Objects.requireNonNull(in).readAllBytes());
        }
        keystone = new ProcessBuilder("/usr/bin/python3", script.toString(), repository.toString())
                .redirectError(directory.resolve("err").toFile())
                .start();
        answers = keystone.inputReader(StandardCharsets.UTF_8);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (keystone != null) keystone.destroyForcibly().waitFor();
    }

    private JsonNode ask(ObjectNode question) {
        try {
            var in = keystone.outputWriter(StandardCharsets.UTF_8);
            in.write(question + "\n");
            in.flush();
            var line = answers.readLine();
            if (line == null) throw new IllegalStateException(Files.readString(directory.resolve("err")));
            return Json.stored(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode opened(String token) {
        return ask(Json.object().put("token", token));
    }

    /// A payload as Keystone names its parts; what it has not is not in it.
    private static Map<String, Object> parts(TokenPayload p) {
        var parts = new LinkedHashMap<String, Object>();
        parts.put("user_id", p.userId());
        parts.put("methods", p.methods().stream().sorted().toList());
        parts.put("audit_ids", p.auditIds());
        switch (p.scope()) {
            case Scope.Unscoped _ -> {}
            case Scope.Project s -> parts.put("project_id", s.id());
            case Scope.Domain s -> parts.put("domain_id", s.id());
            case Scope.System _ -> parts.put("system", "all");
        }
        switch (p.delegation()) {
            case Delegation.None _, Delegation.Certificate _ -> {}
            case Delegation.Trust t -> parts.put("trust_id", t.id());
            case Delegation.AccessToken a -> parts.put("access_token_id", a.id());
            case Delegation.AppCredential a -> parts.put("app_cred_id", a.id());
            case Delegation.Federation f -> {
                parts.put("federated_group_ids", f.groupIds());
                parts.put("identity_provider_id", f.identityProviderId());
                parts.put("protocol_id", f.protocolId());
            }
        }
        return parts;
    }

    private static Map<String, Object> parts(JsonNode answer) {
        var parts = new LinkedHashMap<String, Object>();
        for (var field : answer.properties()) {
            var value = field.getValue();
            if (value.isNull() || field.getKey().endsWith("_at")) continue;
            if (field.getKey().equals("federated_group_ids"))
                parts.put(field.getKey(), new ArrayList<>(value.findValuesAsString("id")));
            else if (value.isArray()) {
                var items = value.valueStream().map(JsonNode::asString);
                // Keystone gives methods in no order.
                parts.put(field.getKey(), (field.getKey().equals("methods") ? items.sorted() : items).toList());
            } else parts.put(field.getKey(), value.asString());
        }
        return parts;
    }

    @Test
    void keystone_whenWeMadeTheToken_readsAllOfIt() {
        for (var one : CASES) {
            var answer = opened(tokens.seal(one.payload()));
            assertThat(parts(answer)).as(one.kind()).containsExactlyInAnyOrderEntriesOf(parts(one.payload()));
            assertThat(answer.get("issued_at").asString()).isEqualTo("2025-11-20T06:00:00.000000Z");
            assertThat(answer.get("expires_at").asString()).isEqualTo("2025-11-20T07:00:00.000000Z");
        }
    }

    @Test
    void we_whenKeystoneMadeTheToken_readAllOfIt() {
        for (var one : CASES) {
            var question = Json.object().put("kind", one.kind());
            parts(one.payload()).forEach((name, value) -> {
                if (name.equals("federated_group_ids"))
                    for (var id : (List<?>) value)
                        question.withArray("/" + name).addObject().put("id", id.toString());
                else if (value instanceof List<?> list)
                    for (var item : list) question.withArray("/" + name).add(item.toString());
                else question.put(name, value.toString());
            });
            question.put("expires_at", "2025-11-20T07:00:00.000000Z");
            var before = Instant.now();
            var payload = tokens.open(ask(question).get("token").asString()).orElseThrow();
            assertThat(payload.issuedAt()).isBetween(before.minusSeconds(2), Instant.now());
            assertThat(payload)
                    .as(one.kind())
                    .isEqualTo(new TokenPayload(
                            one.payload().userId(),
                            one.payload().methods(),
                            one.payload().scope(),
                            one.payload().delegation(),
                            payload.issuedAt(),
                            EXPIRES,
                            one.payload().auditIds()));
        }
    }

    @Test
    void tokens_whenEitherSideRotatesTheKeys_stayReadable() {
        var payload = CASES.getFirst().payload();
        var first = tokens.seal(payload);
        ask(Json.object().put("rotate", 4));
        assertThat(opened(first).get("user_id").asString()).isEqualTo(USER);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> opened(tokens.seal(payload)).has("user_id")
                        && keys.all().size() == 3);
        var second = tokens.seal(payload);
        keys.rotate(4);
        assertThat(opened(first).get("user_id").asString()).isEqualTo(USER);
        assertThat(opened(second).get("user_id").asString()).isEqualTo(USER);
        var third = ask(Json.object()
                        .put("kind", "UnscopedPayload")
                        .put("user_id", USER)
                        .put("expires_at", "2025-11-20T07:00:00.000000Z")
                        .<ObjectNode>set("methods", Json.array().add("password"))
                        .<ObjectNode>set("audit_ids", Json.array().add(FIRST)))
                .get("token")
                .asString();
        for (var token : List.of(first, second, third))
            assertThat(tokens.open(token)).map(TokenPayload::userId).isEqualTo(Optional.of(USER));
    }
}
