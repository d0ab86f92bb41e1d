package cloud.yun.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwsTokensTest {
    private static final String USER = "3c3194b6c6f94dbe873883650f54abfa";
    private static final String PROJECT = "3636239ab9f04797b9b908963c0a76be";
    private static final List<String> AUDIT = List.of("MDEyMzQ1Njc4OWFiY2RlZg");
    private static final Instant ISSUED = Instant.ofEpochSecond(1_763_618_400);

    @TempDir
    Path directory;

    private JwsTokens tokens;

    @BeforeEach
    void open() {
        tokens = new JwsTokens(new JwsKeys(directory.resolve("private"), directory.resolve("public")));
    }

    private static TokenPayload payload(Scope scope, Delegation delegation) {
        return new TokenPayload(
                USER,
                List.of("password", "token"),
                scope,
                delegation,
                ISSUED,
                Instant.ofEpochSecond(1_763_622_000),
                AUDIT);
    }

    @Test
    void open_whenPyJwtMadeTheToken_readsAllOfIt() throws IOException {
        Files.createDirectories(directory.resolve("public"));
        tokens.seal(payload(new Scope.Unscoped(), Delegation.NONE)); // our own keys are there too
        Files.writeString(directory.resolve("public/keystone.pem"), """
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExXcL+ET8YGzHU7wc8PV9jZEdpTZG
                Ip0kCbajdDG+G4b+R6DZNSioSa6p9gYX7ZGGXsk3N1+TUOUxRUJvxfGgpA==
                -----END PUBLIC KEY-----
                """);
        var both = new JwsTokens(new JwsKeys(directory.resolve("private"), directory.resolve("public")));
        var theirs = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIzYzMxOTRiNmM2Zjk0ZGJlODczODgzNjUwZjU0YWJmYSIsIm"
                + "lhdCI6MTc2MzYxODQwMCwiZXhwIjoxNzYzNjIyMDAwLCJvcGVuc3RhY2tfbWV0aG9kcyI6WyJwYXNzd29yZCIsInRva2VuIl0s"
                + "Im9wZW5zdGFja19hdWRpdF9pZHMiOlsiTURFeU16UTFOamM0T1dGaVkyUmxaZyJdLCJvcGVuc3RhY2tfcHJvamVjdF9pZCI6Ij"
                + "M2MzYyMzlhYjlmMDQ3OTdiOWI5MDg5NjNjMGE3NmJlIiwib3BlbnN0YWNrX3RydXN0X2lkIjoiM2MzMTk0YjZjNmY5NGRiZTg3"
                + "Mzg4MzY1MGY1NGFiZmEifQ.VYuVEcE9O5cN163V9wDA_mHTntTFXFeMPJJmTi_z8OVwpY5vaEF88UMviX2rVs03PcOo-CoPWYL"
                + "BSvZ5QK4Zww";
        assertThat(both.open(theirs)).contains(payload(new Scope.Project(PROJECT), new Delegation.Trust(USER)));
        assertThat(both.open(both.seal(payload(new Scope.System(), Delegation.NONE))))
                .isPresent();
    }

    @Test
    void seal_whenOfAnyScopeAndDelegation_isReadBack() {
        var all = new ArrayList<TokenPayload>();
        for (Scope scope : List.of(
                new Scope.Unscoped(), new Scope.Project(PROJECT), new Scope.Domain("default"), new Scope.System()))
            all.add(payload(scope, Delegation.NONE));
        for (Delegation delegation : List.of(
                new Delegation.Trust("t"),
                new Delegation.AccessToken("a"),
                new Delegation.AppCredential("c"),
                new Delegation.Certificate("p", Optional.empty()),
                new Delegation.Federation(List.of("g", "h"), "idp", "mapped")))
            all.add(payload(new Scope.Project(PROJECT), delegation));
        for (var payload : all) assertThat(tokens.open(tokens.seal(payload))).contains(payload);
        var exact = new TokenPayload(
                USER,
                List.of("password"),
                new Scope.Unscoped(),
                Delegation.NONE,
                ISSUED.plusNanos(123_456_000),
                Instant.ofEpochSecond(1_763_622_000),
                AUDIT);
        assertThat(tokens.open(tokens.seal(exact))).contains(exact);
    }

    @Test
    void open_whenTokenIsForgedCutOrSignedByAnother_opensNothing() {
        var token = tokens.seal(payload(new Scope.Project(PROJECT), Delegation.NONE));
        var other = new JwsTokens(new JwsKeys(directory.resolve("x/private"), directory.resolve("x/public")));
        assertThat(other.open(token)).isEmpty();
        var none = "eyJhbGciOiJub25lIn0" + token.substring(token.indexOf('.'), token.lastIndexOf('.') + 1);
        assertThat(tokens.open(none)).isEmpty();
        assertThat(tokens.open("eyJhbGciOiJIUzI1NiJ9" + token.substring(token.indexOf('.'))))
                .isEmpty();
        var random = new Random(20_261_120);
        for (int i = 0; i < 2_000; i++) {
            var chars = token.toCharArray();
            int at = random.nextInt(chars.length);
            chars[at] = "AZaz09-_.=%\u00e9".charAt(random.nextInt(12));
            var changed = new String(chars);
            if (!changed.equals(token))
                assertThat(tokens.open(changed)).as(changed).isEmpty();
            assertThat(tokens.open(token.substring(0, random.nextInt(token.length()))))
                    .isEmpty();
        }
    }
}
