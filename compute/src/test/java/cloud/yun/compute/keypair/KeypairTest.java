package cloud.yun.compute.keypair;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.quota.ComputeQuotas;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.quota.Quotas;
import cloud.yun.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeypairTest {
    enum Kind {
        SQLITE,
        POSTGRESQL
    }

    private static final String ED25519 =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKWdtKWRTaB0LLEDzbo+nUVvW8L0NlGvWH2PfDgf0Wkp someone@somewhere";
    private static final String KEYS = "/v2.1/os-keypairs";

    private ComputeApi api;
    private Quotas quotas;

    @TempDir
    private Path directory;

    private void start(Kind kind) {
        Database db = kind == Kind.SQLITE ? ComputeApi.sqlite() : ComputeApi.postgresql();
        quotas = ComputeQuotas.of(Config.parse(ComputeQuotas.options(), ""));
        api = new ComputeApi(
                db,
                KeypairRoutes.RULES,
                (d, policy) -> List.of(new KeypairRoutes(new KeypairService(d, Clock.systemUTC(), policy, quotas))));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out;
    }

    @ParameterizedTest
    @EnumSource
    void create_whenNoKeyIsGiven_makesOneThatOpenSshTakes(Kind kind) throws Exception {
        start(kind);
        var made = api.post("demo", "2.1", KEYS, "{'keypair':{'name':'mine'}}");
        assertThat(made.status()).isEqualTo(200);
        var keypair = made.body().path("keypair");
        var secret = directory.resolve("key");
        Files.writeString(secret, keypair.path("private_key").asString());
        run("chmod", "600", secret.toString());
        var derived = run("ssh-keygen", "-y", "-f", secret.toString()).split(" ");
        assertThat(keypair.path("public_key").asString().split(" ")[1]).isEqualTo(derived[1].strip());
        var open = directory.resolve("key.pub");
        Files.writeString(open, keypair.path("public_key").asString());
        assertThat(run("ssh-keygen", "-l", "-E", "md5", "-f", open.toString()))
                .contains("MD5:" + keypair.path("fingerprint").asString());
        assertThat(api.get("demo", "2.1", KEYS + "/mine").body().path("keypair").has("private_key"))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("S3.66")
    void create_whenX509IsWanted_makesACertificateUntil291(Kind kind) throws Exception {
        start(kind);
        var made = api.post("demo", "2.2", KEYS, "{'keypair':{'name':'win','type':'x509'}}");
        assertThat(made.status()).isEqualTo(201);
        var certificate = directory.resolve("c.pem");
        Files.writeString(
                certificate, made.body().path("keypair").path("public_key").asString());
        var text = run("openssl", "x509", "-in", certificate.toString(), "-noout", "-text");
        assertThat(text).contains("TLS Web Client Authentication");
        run("openssl", "verify", "-CAfile", certificate.toString(), certificate.toString());
        var secret = directory.resolve("k.pem");
        Files.writeString(
                secret, made.body().path("keypair").path("private_key").asString());
        assertThat(run("openssl", "pkey", "-in", secret.toString(), "-pubout"))
                .isEqualTo(run("openssl", "x509", "-in", certificate.toString(), "-noout", "-pubkey"));
        assertThat(api.post("demo", "2.92", KEYS, "{'keypair':{'name':'win2','type':'x509'}}")
                        .message())
                .isEqualTo("Invalid input for field/attribute keypair. Value: {'name': 'win2', 'type': 'x509'}."
                        + " 'public_key' is a required property");
    }

    @ParameterizedTest
    @EnumSource
    void import_whenKeyIsGood_isListedShownAndDeletedAsTheMicroversionSays(Kind kind) throws Exception {
        start(kind);
        var body = "{'keypair':{'name':'%s','public_key':'%s'}}";
        var first = api.post("demo", "2.1", KEYS, body.formatted("one", ED25519));
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body().path("keypair").has("type")).isFalse();
        assertThat(first.body().path("keypair").path("user_id").asString()).isEqualTo(ComputeApi.DEMO_USER);
        var open = directory.resolve("e.pub");
        Files.writeString(open, ED25519);
        assertThat(run("ssh-keygen", "-l", "-E", "md5", "-f", open.toString()))
                .contains("MD5:"
                        + first.body().path("keypair").path("fingerprint").asString());
        var second = api.post("demo", "2.93", KEYS, body.formatted("two@b.c", ED25519));
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body().path("keypair").path("type").asString()).isEqualTo("ssh");
        var page = api.get("demo", "2.35", KEYS + "?limit=1").body();
        assertThat(page.path("keypairs").get(0).path("keypair").path("name").asString())
                .isEqualTo("one");
        assertThat(page.path("keypairs_links").get(0).path("href").asString())
                .isEqualTo(api.url() + "/v2.1/os-keypairs?limit=1&marker=one");
        assertThat(api.get("demo", "2.35", KEYS + "?marker=one")
                        .body()
                        .path("keypairs")
                        .size())
                .isEqualTo(1);
        assertThat(api.get("demo", "2.35", KEYS + "?marker=zz").status()).isEqualTo(400);
        var shown = api.get("demo", "2.1", KEYS + "/one").body().path("keypair");
        assertThat(shown.propertyNames())
                .containsExactlyInAnyOrder(
                        "name",
                        "public_key",
                        "fingerprint",
                        "user_id",
                        "created_at",
                        "deleted",
                        "deleted_at",
                        "id",
                        "updated_at");
        assertThat(api.delete("demo", "2.1", KEYS + "/one").status()).isEqualTo(202);
        assertThat(api.delete("demo", "2.93", KEYS + "/two@b.c").status()).isEqualTo(204);
        var gone = api.delete("demo", "2.1", KEYS + "/one");
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.message()).isEqualTo("Keypair one not found for user " + ComputeApi.DEMO_USER);
    }

    @ParameterizedTest
    @EnumSource
    void create_whenInputIsWrong_isRefusedInNovasWords(Kind kind) {
        start(kind);
        var good = "{'keypair':{'name':'a','public_key':'" + ED25519 + "'}}";
        assertThat(api.post("demo", "2.1", KEYS, good).status()).isEqualTo(200);
        var twice = api.post("demo", "2.1", KEYS, good);
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.message()).isEqualTo("Key pair 'a' already exists.");
        assertThat(api.post("demo", "2.1", KEYS, good.replace("'a'", "'a/b'")).message())
                .isEqualTo("An invalid 'name' value was provided. The name must be: Only expected characters:"
                        + " [_- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ]");
        for (var bad : List.of("zz", "ssh-rsa zz", "ssh-rsa AAAAC3NzaC1lZDI1NTE5", ED25519.replace("ssh-ed", "ssh-rd")))
            assertThat(api.post("demo", "2.1", KEYS, "{'keypair':{'name':'b','public_key':'" + bad + "'}}")
                            .message())
                    .isEqualTo("Keypair data is invalid: failed to generate fingerprint");
        assertThat(api.post("demo", "2.1", KEYS, "{'keypair':{}}").message())
                .isEqualTo("Invalid input for field/attribute keypair. Value: {}. 'name' is a required property");
        api.db().write(tx -> quotas.setLimit(tx, ComputeApi.DEMO_PROJECT, "key_pairs", 1));
        var over = api.post("demo", "2.1", KEYS, good.replace("'a'", "'b'"));
        assertThat(over.status()).isEqualTo(403);
        assertThat(over.message()).isEqualTo("Quota exceeded, too many key pairs.");
    }

    @ParameterizedTest
    @EnumSource
    void otherUsersKeypairs_areForAdminsOnly(Kind kind) {
        start(kind);
        var body =
                "{'keypair':{'name':'theirs','public_key':'" + ED25519 + "','user_id':'" + ComputeApi.DEMO_USER + "'}}";
        assertThat(api.post("admin", "2.10", KEYS, body).status()).isEqualTo(201);
        assertThat(api.get("demo", "2.10", KEYS + "/theirs").status()).isEqualTo(200);
        assertThat(api.get("admin", "2.10", KEYS + "/theirs").status()).isEqualTo(404);
        assertThat(api.get("admin", "2.10", KEYS + "/theirs?user_id=" + ComputeApi.DEMO_USER)
                        .status())
                .isEqualTo(200);
        var peek = api.get("demo", "2.10", KEYS + "?user_id=" + ComputeApi.ADMIN_USER);
        assertThat(peek.status()).isEqualTo(403);
        assertThat(peek.message()).isEqualTo("Policy doesn't allow os_compute_api:os-keypairs:index to be performed.");
    }
}
