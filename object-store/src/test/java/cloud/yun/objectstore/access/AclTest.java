package cloud.yun.objectstore.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AclTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    .r:*,.rlistings                   | .r:*,.rlistings
                    .ref : * , .rlistings ,           | .r:*,.rlistings
                    .referer:example.com              | .r:example.com
                    .referrer: - *.example.com        | .r:-.example.com
                    .r:*.example.com                  | .r:.example.com
                    project:user, role                | project:user,role
                    """)
    void clean_bringsListsIntoOneForm(String text, String wanted) {
        assertThat(Acl.clean("x-container-read", text)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x-container-read  | .r:
                    x-container-read  | .r:-
                    x-container-read  | .r:.
                    x-container-read  | .unknown:x
                    x-container-write | .r:*
                    """)
    void clean_ofWhatListsCannotSay_isRefused(String header, String text) {
        assertThatThrownBy(() -> Acl.clean(header, text)).isInstanceOf(Invalid.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    .r:*                        | ''                          | true
                    .r:example.com              | http://example.com/x        | true
                    .r:example.com              | http://www.example.com/x    | false
                    .r:.example.com             | http://www.example.com/x    | true
                    .r:.example.com             | http://notexample.com/x     | false
                    .r:*,.r:-bad.com            | http://bad.com/             | false
                    .r:-bad.com,.r:*            | http://bad.com/             | true
                    .r:example.com              | nonsense %%                 | false
                    role                        | http://example.com/         | false
                    """)
    void referrers_lastWordWins(String acl, String referer, boolean wanted) {
        assertThat(Acl.parse(acl).allowsReferrer(Optional.of(referer).filter(r -> !r.isEmpty())))
                .isEqualTo(wanted);
    }

    @Test
    void names_matchProjectAndUser_neverOnlyOne() {
        var acl = Acl.parse("p1:u1,p2:*,*:u3");
        assertThat(acl.names(Set.of("*", "p1"), Set.of("*", "u1"))).isTrue();
        assertThat(acl.names(Set.of("*", "p1"), Set.of("*", "u2"))).isFalse();
        assertThat(acl.names(Set.of("*", "p2"), Set.of("*", "u2"))).isTrue();
        assertThat(acl.names(Set.of("*", "p9"), Set.of("*", "u3"))).isTrue();
    }

    @Test
    void clean_ofAnything_isStableOrRefused() {
        var random = new Random(3);
        var letters = ".r:*-,rlistingef ab";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(14); n > 0; n--) text.append(letters.charAt(random.nextInt(letters.length())));
            String once;
            try {
                once = Acl.clean("x-container-read", text.toString());
            } catch (Invalid refused) {
                continue;
            }
            assertThat(Acl.clean("x-container-read", once)).isEqualTo(once);
            Acl.parse(once).allowsReferrer(Optional.empty());
        }
    }
}
