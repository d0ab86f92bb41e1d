package cloud.yun.identity.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
    private static final byte[] KEY = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    /// The last six of the eight digits in RFC 6238, appendix B.
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void passcode_whenAtTheTimesOfTheRfc_isTheirs(long seconds, String expected) {
        assertThat(Totp.passcode(KEY, Instant.ofEpochSecond(seconds), 0)).isEqualTo(expected);
        assertThat(Totp.passcode(KEY, Instant.ofEpochSecond(seconds + 60), 2)).isEqualTo(expected);
    }

    @Test
    void key_whenBase32_isReadWithPaddingAndWithout() {
        assertThat(Totp.key("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")).contains(KEY);
        assertThat(Totp.key("mzxw6ytboi======")).contains("foobar".getBytes(StandardCharsets.US_ASCII));
        assertThat(Totp.key("mzxw6ytboi")).contains("foobar".getBytes(StandardCharsets.US_ASCII));
        assertThat(Totp.key("not base32!")).isEmpty();
        assertThat(Totp.key("")).isEmpty();
    }
}
