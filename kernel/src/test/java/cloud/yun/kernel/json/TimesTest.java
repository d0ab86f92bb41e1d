package cloud.yun.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    @Test
    void anyInstant_isWrittenAsTheFormatterWritesIt() {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            var time = Instant.ofEpochSecond(
                    random.nextLong(-30_000_000_000L, 250_000_000_000L), random.nextInt(1_000_000_000));
            var micros = MICROS.format(time);
            assertThat(Times.microsWithoutZone(time)).isEqualTo(micros);
            assertThat(Times.micros(time)).isEqualTo(micros + "Z");
            assertThat(Times.secondsWithoutZone(time)).isEqualTo(micros.substring(0, 19));
            assertThat(Times.seconds(time)).isEqualTo(micros.substring(0, 19) + "Z");
        }
    }

    @Test
    void instantBeyondTheYear9999_isWrittenToo() {
        assertThat(Times.seconds(Instant.parse("+12345-01-02T03:04:05Z"))).isEqualTo("+12345-01-02T03:04:05Z");
    }
}
