package cloud.yun.objectstore.base;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.objectstore.base.Ranges.Piece;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    bytes=0-0           | 0-1
                    bytes=0-            | 0-10
                    bytes=9-            | 9-10
                    bytes=10-           | NONE
                    bytes=-1            | 9-10
                    bytes=-0            | NONE
                    bytes=-99           | 0-10
                    bytes=3-99          | 3-10
                    bytes=1-2,4-5       | 1-3 4-6
                    bytes= 1 - 2 , 4-   | 1-3 4-10
                    bytes=1-2,20-       | 1-3
                    BYTES=1-2           | 1-3
                    bytes=0-99999999999999999999999 | 0-10
                    bytes=2-1           | IGNORED
                    bytes=-             | IGNORED
                    bytes=              | IGNORED
                    bytes=a-b           | IGNORED
                    bytes=1-2,          | IGNORED
                    bytes=--1           | IGNORED
                    lines=1-2           | IGNORED
                    1-2                 | IGNORED
                    bytes=0-5,1-6,2-7   | NONE
                    """)
    void parse_ofTen(String header, String wanted) {
        var parsed = Ranges.parse(header);
        if (wanted.equals("IGNORED")) assertThat(parsed).isEmpty();
        else {
            var text = parsed.orElseThrow().of(10).stream()
                    .map(p -> p.begin() + "-" + p.end())
                    .collect(Collectors.joining(" "));
            assertThat(text.isEmpty() ? "NONE" : text).isEqualTo(wanted);
        }
    }

    @Test
    void parse_ofAnything_neverLeavesTheObject() {
        var random = new Random(4);
        var letters = "0123456789-,= bytesx";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder("bytes=");
            for (int n = random.nextInt(12); n > 0; n--) text.append(letters.charAt(random.nextInt(letters.length())));
            long length = random.nextInt(50);
            List<Piece> pieces =
                    Ranges.parse(text.toString()).map(r -> r.of(length)).orElse(List.of());
            for (var piece : pieces) {
                assertThat(piece.begin()).isBetween(0L, length);
                assertThat(piece.end()).isGreaterThan(piece.begin()).isLessThanOrEqualTo(length);
            }
        }
    }
}
