package cloud.yun.identity.auth;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.password.PasswordHashers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords(PasswordHashers.bcrypt(4), Clock.systemUTC());

    @Test
    void verify_whenAnotherProgramMadeTheHash_agrees() { // hashes by libxcrypt
        assertThat(passwords.verify(
                        "a", Optional.of("$2b$04$abcdefghijklmnopqrstuu0mnmEZjw07Un5bb8.oUX4YAYHVkKdMy"), "refpw"))
                .isTrue();
        assertThat(passwords.verify(
                        "b",
                        Optional.of("$2b$04$abcdefghijklmnopqrstuuWuTw2gIsIu0HVvREXp6BfYUDPS51Nju"),
                        "p\u00e4ss w\u00f6rd \u4e91"))
                .isTrue();
        assertThat(passwords.verify(
                        "c",
                        Optional.of("$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"),
                        "x".repeat(100)))
                .isTrue();
    }

    @Test
    void hash_whenMade_isBcryptWithItsCost_andDiffersEachTime() {
        var hash = new Passwords(PasswordHashers.bcrypt(5), Clock.systemUTC()).hash("secret");
        assertThat(hash).startsWith("$2b$05$").hasSize(60).isNotEqualTo(passwords.hash("secret"));
        assertThat(passwords.verify("u", Optional.of(hash), "secret")).isTrue();
        assertThat(passwords.verify("u", Optional.of(hash), "Secret")).isFalse();
    }

    @Test
    void verify_whenThereIsNoUser_costsAsMuchAsAWrongPassword() {
        var slow = new Passwords(PasswordHashers.bcrypt(10), Clock.systemUTC());
        var hash = Optional.of(slow.hash("secret"));
        slow.verify("u", hash, "warm-up");
        var wrong = time(() -> slow.verify("u", hash, "wrong"));
        var nobody = time(() -> slow.verify("", Optional.empty(), "wrong"));
        // Bounds far apart: a machine under load must not fail this, a missing hash (microseconds) must.
        assertThat(nobody).isGreaterThan(wrong.dividedBy(20));
    }

    @Test
    void verify_whenRepeated_isRemembered_untilTheHashChangesOrMinutesPass() {
        var now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        var slow = new Passwords(PasswordHashers.bcrypt(11), new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        });
        var hash = slow.hash("secret");
        var first = time(() -> slow.verify("u", Optional.of(hash), "secret"));
        var again = time(() -> slow.verify("u", Optional.of(hash), "secret"));
        assertThat(again).isLessThan(first.dividedBy(2));
        assertThat(slow.verify("u", Optional.of(hash), "wrong")).isFalse();
        assertThat(slow.verify("u", Optional.of(slow.hash("other")), "secret")).isFalse();
        now.set(now.get().plus(Duration.ofMinutes(6)));
        var later = time(() -> slow.verify("u", Optional.of(hash), "secret"));
        assertThat(later).isGreaterThan(again);
    }

    private static Duration time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
