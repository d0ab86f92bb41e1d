package cloud.yun.identity.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LdapFilterTest {
    @Test
    void values_whateverTheyHold_neverChangeTheShapeOfAFilter() {
        var random = new Random(20261120);
        var signs = "()*\\\0&|!=~<>: aü\uD83D\uDE00";
        for (int i = 0; i < 10_000; i++) {
            var value = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) value.append(signs.charAt(random.nextInt(signs.length())));
            for (var filter : new LdapFilter[] {
                LdapFilter.equal("uid", value.toString()), LdapFilter.inChain("member", value.toString())
            }) {
                var text = filter.text();
                var inside = text.substring(text.indexOf('=') + 1, text.length() - 1);
                assertThat(text).startsWith("(").endsWith(")");
                assertThat(inside).doesNotContain("(", ")", "*", "\0");
                assertThat(inside.replaceAll("\\\\(5c|2a|28|29|00)", "")).doesNotContain("\\");
                assertThat(decoded(inside)).isEqualTo(value.toString());
            }
        }
    }

    private static String decoded(String text) {
        return text.replace("\\2a", "*")
                .replace("\\28", "(")
                .replace("\\29", ")")
                .replace("\\00", "\0")
                .replace("\\5c", "\\");
    }
}
