package cloud.yun.identity.password;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Forbidden;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordHashersTest {
    private static PasswordHashers with(String options) {
        return PasswordHashers.of(Config.parse(PasswordHashers.options(), options));
    }

    private record Vector(String password, List<String> hashes) {}

    /// Made by passlib 1.7.4 with Debian's bcrypt and argon2: what is in a Keystone's database.
    private static final List<Vector> PASSLIB = List.of(
            new Vector(
                    "correct horse",
                    List.of(
                            "$2b$05$tJz4EIgCVePk1iBCrxOCretTXPDpR0Qhrhq/zxLlPhV7DbCHlQ.xO",
                            "$bcrypt-sha256$v=2,t=2b,r=5$f4SM4tBsbupLV7HSBpLpPO$LiwovkYJaR5VRaD1SAj7ISkdkEWEGv2",
                            "$bcrypt-sha256$2b,5$p15JxEI0lU1ewTBu5NEzJe$zBzwPolpIbG1xVYww0bjdBxztH4rhGK",
                            "$scrypt$ln=10,r=8,p=1$QujdO8dYy/m/937vXSvlnA$U8KATfOpW/fGmm4lqquMnQrx/k/Zp35R1wjNNcSHvnw",
                            "$pbkdf2-sha512$1000$QgiB0LpXqnWOMaYUwhgjRA$PjO7gCRK7niHVzbnDlfIKLxBes/eQiv0ej8c3iTIILEhBkr"
                                    + "z17QQ3UPbmBYsIXPo.1vkKoBZP1O6wuhtSacE.g",
                            "$argon2id$v=19$m=1024,t=2,p=2$GAPAOEeoFWLs/f+fk/KeEw$yska3fmZ6TMoUeOWz9Bknw")),
            new Vector(
                    "p\u00e4ssw\u00f6rd \u4e91",
                    List.of(
                            "$2b$05$6WGKbLXGmQSeL/913CUNMOwWRUIZ7Kphl8LpmukE5GnY9mtyiCTjO",
                            "$bcrypt-sha256$v=2,t=2b,r=5$o0.r2s6nKsGDfU9Yi4qCse$QkofwbGMD8Ddle4HdE111PDAt4Pi1eW",
                            "$bcrypt-sha256$2b,5$d2lV7Wt4uNvsu49JlUKQxO$..PGvD2KKNYo/pt2ncP08q0f97cVFdm",
                            "$scrypt$ln=10,r=8,p=1$p7SWco4RAqBUag0BwJgzZg$KpQ0InCc2Hdul4FE6MH3I2K509cq/kWMaBj6MXTINWU",
                            "$pbkdf2-sha512$1000$QCjFuDcGQOgdI8R4j5Gy9g$4VhOHTwZl5YzBaWS0CtgohMdJ3SvB2my/iXr.kMi1udvAIp"
                                    + "m4o0dtckUJpTM.5qLo32qgoULIOHC0SHP/8vyQA",
                            "$argon2id$v=19$m=1024,t=2,p=2$rzUGIOSc07rXurfWunfuHQ$hwC6X9tXIHzBuRPi9QRdVQ")),
            new Vector(
                    "x".repeat(100),
                    List.of(
                            "$2b$05$DNCxUZXSt5Trksfcd3RUVuKiE8dj/lNxbIrlCOpxk2FmOcLZt7qHS",
                            "$bcrypt-sha256$v=2,t=2b,r=5$X7mXfTnh5uibuZHsPx.G1O$zaRHGMTVqRiCHD4wkDUcg85h.XSVgm2",
                            "$bcrypt-sha256$2b,5$mIyLyblH37uKwxyg4yldce$Rx4Wv5HurFB7jAe.F7xe6a93/qIgche",
                            "$scrypt$ln=10,r=8,p=1$ZIzxfk9pDaEUIsTY2ztnTA$vet7aS26isFmHbyIPYkYgwoe6hY13IvCuxl6f6i+s9k",
                            "$pbkdf2-sha512$1000$I.Qcg/DeG0Po/b.3NuZ8jw$NxAfYIfQI48u0jcHNdxvzFk2ugggnRTrMCTxGmAofflDTwV"
                                    + "Sq6tFkB16/1NQWDMacYbdXAKsfToQB.DVvAEPdw",
                            "$argon2id$v=19$m=1024,t=2,p=2$JKR0DqE0Rohxbm0NIQQgJA$iMYjNHYDPxJz8MjsW2pPhQ")));

    @Test
    void verify_whenPasslibMadeTheHash_agrees() {
        // Any algorithm that takes a password's whole length, so that nothing is cut before it is hashed.
        var hashers = with("[identity]\npassword_hash_algorithm = scrypt\n");
        for (var vector : PASSLIB)
            for (var hash : vector.hashes()) {
                assertThat(hashers.verify(vector.password(), hash)).as(hash).isTrue();
                assertThat(hashers.verify("not " + vector.password(), hash))
                        .as(hash)
                        .isFalse();
            }
    }

    @ParameterizedTest
    @CsvSource({
        "bcrypt, 4, $2b$04$",
        "bcrypt_sha256, 4, '$bcrypt-sha256$v=2,t=2b,r=4$'",
        "scrypt, 4, '$scrypt$ln=4,r=8,p=1$'",
        "argon2id, 1, '$argon2id$v=19$m=19456,t=1,p=1$'",
        "pbkdf2_sha512, 10, $pbkdf2-sha512$10$"
    })
    void hash_whenAlgorithmIsChosen_isOfItsForm_andReadBack(String algorithm, int rounds, String form) {
        var hashers = with("[identity]\npassword_hash_algorithm = " + algorithm + "\npassword_hash_rounds = " + rounds);
        var hash = hashers.hash("secret");
        assertThat(hash).startsWith(form).isNotEqualTo(hashers.hash("secret"));
        assertThat(hashers.verify("secret", hash)).isTrue();
        assertThat(hashers.verify("Secret", hash)).isFalse();
        assertThat(hashers.nobody()).startsWith(form).hasSameSizeAs(hash);
        assertThat(hashers.verify("secret", hashers.nobody())).isFalse();
    }

    @Test
    void hash_whenPasswordIsTooLong_isCutOrRefused() {
        var cutting = with("[identity]\npassword_hash_rounds = 4\n");
        assertThat(cutting.verify("x".repeat(80), cutting.hash("x".repeat(90)))).isTrue();
        var strict = with("[DEFAULT]\nstrict_password_check = true\n[identity]\npassword_hash_rounds = 4\n");
        assertThatThrownBy(() -> strict.hash("x".repeat(73)))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("less than or equal to 72");
    }
}
