package cloud.yun.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Against payloads packed by Python's msgpack and sealed by Python's cryptography, as Keystone does both.
class TokenPayloadTest {
    private static final String USER = "3c3194b6c6f94dbe873883650f54abfa";
    private static final String PROJECT = "3636239ab9f04797b9b908963c0a76be";
    private static final String FIRST = "MDEyMzQ1Njc4OWFiY2RlZg";
    private static final String SECOND = "ZmVkY2JhOTg3NjU0MzIxMA";
    private static final Instant ISSUED = Instant.ofEpochSecond(1_763_618_400);
    private static final List<Fernet.Key> KEYS = List.of(Fernet.Key.of("p9NhKSM7qkIbMe7gFGZym3fmPxXQXcV1WWlSiYwjulE="));

    private static final TokenFormat FORMAT =
            new TokenFormat(List.of("external", "password", "token", "oauth1", "mapped", "application_credential"));

    private record Vector(TokenPayload payload, String packed, String token) {}

    private static TokenPayload payload(
            String user, List<String> methods, Scope scope, Optional<String> app, List<String> audits) {
        return new TokenPayload(
                user,
                methods,
                scope,
                app.<Delegation>map(Delegation.AppCredential::new).orElse(Delegation.NONE),
                ISSUED,
                Instant.ofEpochSecond(1_763_622_000),
                audits);
    }

    private static final List<Vector> VECTORS = List.of(
            new Vector(
                    payload(USER, List.of("password"), new Scope.Unscoped(), Optional.empty(), List.of(FIRST)),
                    "950092c3c4103c3194b6c6f94dbe873883650f54abfa02cb41da47af1c00000091c41030313233343536373839"
                            + "616263646566",
                    "gAAAAABpHq5gh4tJ6MvlKQW8ilv5P0NVRy8wMzgzs2t-BMx5OkrUQLrWSVJ55UjN9CPCeSb8dpTBAdcggb4PfuhEMh"
                            + "6ibferfCoOVVu01ViOfgPGks3nsSXb-70TLESwIQ8vuqtf_SJj6voRw203nQvKEoDkFHQs-w"),
            new Vector(
                    payload(USER, List.of("password"), new Scope.Domain("default"), Optional.empty(), List.of(FIRST)),
                    "960192c3c4103c3194b6c6f94dbe873883650f54abfa02a764656661756c74cb41da47af1c00000091c4103031"
                            + "3233343536373839616263646566",
                    "gAAAAABpHq5gaPHCwTzpPieUPRoix5sI_uawdHBXrGsWtDwH3479rZ2O6ELqZYzW3M7IMwB_t_RJHvPQV80GTv-aSA"
                            + "boDMZ-nj84gVRldK3t4hxKYysD7i0LotVTKWA4T6RgWc6wCmndCgXbHhewxcsVE-5yH1bEBQ"),
            new Vector(
                    payload(USER, List.of("password"), new Scope.Domain(PROJECT), Optional.empty(), List.of(FIRST)),
                    "960192c3c4103c3194b6c6f94dbe873883650f54abfa02c4103636239ab9f04797b9b908963c0a76becb41da47"
                            + "af1c00000091c41030313233343536373839616263646566",
                    "gAAAAABpHq5gqrw3qOTbsbZa2QPIeRj2RZnokL45BInYbfbM_DPUiJ5KLotVlSbz36BiRPRTz2yvYZn_2ic6WhRtvt"
                            + "birsT-sAKGO2Is-PRxn95u7ZlqZD5_qv-HhsM4s2NqqCgSSQ4mXGAjSPKZ3n13zLIbp6LGY3MChdGI3rroJie71XsO"
                            + "4T0"),
            new Vector(
                    payload(
                            USER,
                            List.of("password", "token"),
                            new Scope.Project(PROJECT),
                            Optional.empty(),
                            List.of(FIRST, SECOND)),
                    "960292c3c4103c3194b6c6f94dbe873883650f54abfa0692c3c4103636239ab9f04797b9b908963c0a76becb41"
                            + "da47af1c00000092c41030313233343536373839616263646566c41066656463626139383736353433323130",
                    "gAAAAABpHq5gJvnfaKFcCTGD7tP0YIKu7m0iZaRcdtzjlBr7AV82dnR8mzQvrQUNEP2dZBKEDxy_CI8GQI5VV3RAX3"
                            + "uPU-5v9kVvTkXwm5-wvZ3Hpic8JHVXM8zf-z2wzh_CCeo3_2VEaear1lSjKlmMFgj29Cp9E_j1XzOiLwRXt5ZhWx6R"
                            + "SUCbtuCi2gSWstEGLB41r3Qp"),
            new Vector(
                    payload(USER, List.of("password"), new Scope.System(), Optional.empty(), List.of(FIRST)),
                    "960892c3c4103c3194b6c6f94dbe873883650f54abfa02a3616c6ccb41da47af1c00000091c410303132333435"
                            + "36373839616263646566",
                    "gAAAAABpHq5gPfnnF8ZPJtZC5USfzFSD5jlaomYAhg5SaLzCI4j-kqfuKg9LF9KTs0JfPw4XCtB6nJpQ2xi5_r1gI8"
                            + "0DrGmSVGZq7UJBxiawWIgdLIupkyL7ibGfm8uaFiC8e7oHZ3OrlF-7iLfLMr0NB1HwbcanMg"),
            new Vector(
                    payload(
                            USER,
                            List.of("application_credential"),
                            new Scope.Project(PROJECT),
                            Optional.of("e3514049f8574e63a4116850c44f81cc"),
                            List.of(FIRST)),
                    "970992c3c4103c3194b6c6f94dbe873883650f54abfa2092c3c4103636239ab9f04797b9b908963c0a76becb41"
                            + "da47af1c00000091c4103031323334353637383961626364656692c3c410e3514049f8574e63a4116850c44f81"
                            + "cc",
                    "gAAAAABpHq5gNWe0jDCI4uHnvzcf0YmFp31OMvmShsaUHshxW2P2LyU0szuKMbipwtTiRzx7NFz1kXOkWdPB9HYN8Y"
                            + "xF2iaPMDWsAMU2BGRa7ATjpjlENMpZAmBI9aN8XjzbGSorS2gj2yvnaZFbuwdlzgvFMb7sNQkVFoNFdC4D2drXsK2m"
                            + "hY2Y5EfAtIV6B-V2EDdpZiB9"),
            new Vector(
                    payload(
                            "a".repeat(64),
                            List.of("password"),
                            new Scope.Project(PROJECT),
                            Optional.empty(),
                            List.of(FIRST)),
                    "960292c2d940616161616161616161616161616161616161616161616161616161616161616161616161616161"
                            + "616161616161616161616161616161616161616161616161610292c3c4103636239ab9f04797b9b908963c0a76"
                            + "becb41da47af1c00000091c41030313233343536373839616263646566",
                    "gAAAAABpHq5gAKmSgNGXfvJUFbfvqLduG8GLbO4zXZrpbvZfbaBwpVuQVfKm4sTRWo41tCIxXKKhFsdl0q8nD8m5M0"
                            + "pIEpjhQsOEtmMBhRz-j33mJXASdEEfDOLgri_SMRwYG9lF9Ff-9n5JR2D4rtBVpcjiO1qK0U37Vg9JHCm9hNYd8rQH"
                            + "c8GviTXXk6ceLuLh5unGPkCiJWnDEqwJcPrBIZ2SMaV_6s8dnng_Wzeh65N1ygl6X18"));

    @Test
    void pack_whenOfAnyScope_givesKeystonesBytes() {
        for (var vector : VECTORS)
            assertThat(HexFormat.of().formatHex(FORMAT.pack(vector.payload()))).isEqualTo(vector.packed());
    }

    @Test
    void open_whenKeystoneMadeTheToken_readsAllOfIt() {
        for (var vector : VECTORS) {
            var opened = Fernet.open(KEYS, vector.token()).orElseThrow();
            assertThat(opened.issuedAt()).isEqualTo(ISSUED);
            assertThat(FORMAT.unpack(opened.plain(), opened.issuedAt())).contains(vector.payload());
        }
    }

    @Test
    void seal_whenOpenedAgain_isTheSame_andNeedsNoPadding() {
        for (var vector : VECTORS) {
            var token = Fernet.seal(KEYS.getFirst(), FORMAT.pack(vector.payload()), ISSUED);
            assertThat(token).matches("gAAAA[A-Za-z0-9_-]+").hasSizeLessThan(255);
            assertThat(Fernet.open(KEYS, token).orElseThrow().plain()).isEqualTo(FORMAT.pack(vector.payload()));
        }
    }

    @Test
    void open_whenOneCharacterIsChangedOrCut_opensNothing() {
        var token = VECTORS.getFirst().token();
        for (int i = 0; i < token.length() - 1; i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(Fernet.open(KEYS, token.substring(0, i) + other + token.substring(i + 1)))
                    .isEmpty();
            assertThat(Fernet.open(KEYS, token.substring(0, i))).isEmpty();
        }
        var otherKey = List.of(Fernet.Key.of(Fernet.Key.random()));
        assertThat(Fernet.open(otherKey, token)).isEmpty();
    }

    @Test
    void unpack_whenBytesAreAnything_neverThrows() {
        var random = new Random(20_261_120);
        var seeds = new ArrayList<byte[]>();
        for (var vector : VECTORS) seeds.add(FORMAT.pack(vector.payload()));
        for (int i = 0; i < 100_000; i++) {
            var bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int n = random.nextInt(4) + 1; n > 0; n--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            var cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            assertThat(FORMAT.unpack(random.nextBoolean() ? bytes : cut, ISSUED))
                    .isNotNull();
        }
    }

    private static TokenPayload delegated(List<String> methods, Scope scope, Delegation delegation) {
        return new TokenPayload(
                USER, methods, scope, delegation, ISSUED, Instant.ofEpochSecond(1_763_622_000), List.of(FIRST));
    }

    @Test
    void pack_whenOfAnyDelegation_givesKeystonesBytes_andReadsThem() {
        var vectors = new java.util.LinkedHashMap<TokenPayload, String>();
        vectors.put(
                delegated(List.of("password"), new Scope.Project(PROJECT), new Delegation.Trust(USER)),
                "970392c3c4103c3194b6c6f94dbe873883650f54abfa0292c3c4103636239ab9f04797b9b908963c"
                        + "0a76becb41da47af1c00000091c41030313233343536373839616263646566c4103c3194b6c6f94d"
                        + "be873883650f54abfa");
        vectors.put(
                delegated(
                        List.of("mapped"),
                        new Scope.Unscoped(),
                        new Delegation.Federation(List.of(PROJECT, "g-1"), "idp", "mapped")),
                "980492c3c4103c3194b6c6f94dbe873883650f54abfa109292c3c4103636239ab9f04797b9b90896"
                        + "3c0a76be92c2a3672d3192c2a3696470a66d6170706564cb41da47af1c00000091c4103031323334"
                        + "3536373839616263646566");
        vectors.put(
                delegated(
                        List.of("mapped"),
                        new Scope.Project(PROJECT),
                        new Delegation.Federation(List.of(PROJECT), "idp", "mapped")),
                "990592c3c4103c3194b6c6f94dbe873883650f54abfa1092c3c4103636239ab9f04797b9b908963c"
                        + "0a76be9192c3c4103636239ab9f04797b9b908963c0a76be92c2a3696470a66d6170706564cb41da"
                        + "47af1c00000091c41030313233343536373839616263646566");
        vectors.put(
                delegated(
                        List.of("mapped"),
                        new Scope.Domain("default"),
                        new Delegation.Federation(Collections.nCopies(17, PROJECT), "idp", "mapped")),
                "990692c3c4103c3194b6c6f94dbe873883650f54abfa1092c2a764656661756c74dc001192c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c3c4103636239ab9f04797b9b908963c0a76be92c3c410"
                        + "3636239ab9f04797b9b908963c0a76be92c2a3696470a66d6170706564cb41da47af1c00000091c4"
                        + "1030313233343536373839616263646566");
        vectors.put(
                delegated(List.of("oauth1"), new Scope.Project(PROJECT), new Delegation.AccessToken(USER)),
                "970792c3c4103c3194b6c6f94dbe873883650f54abfa0892c3c4103636239ab9f04797b9b908963c"
                        + "0a76be92c3c4103c3194b6c6f94dbe873883650f54abfacb41da47af1c00000091c4103031323334"
                        + "3536373839616263646566");
        vectors.put(
                delegated(List.of(), new Scope.Project(PROJECT), new Delegation.Certificate("thumb", Optional.empty())),
                "980a92c3c4103c3194b6c6f94dbe873883650f54abfa0092c3c4103636239ab9f04797b9b908963c"
                        + "0a76be92c2c0cb41da47af1c00000091c4103031323334353637383961626364656692c2a5746875"
                        + "6d62");
        vectors.forEach((payload, packed) -> {
            assertThat(HexFormat.of().formatHex(FORMAT.pack(payload))).isEqualTo(packed);
            assertThat(FORMAT.unpack(HexFormat.of().parseHex(packed), ISSUED)).contains(payload);
        });
    }
}
