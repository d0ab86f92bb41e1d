package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dynamic and static large objects.
class LargeObjectTest {
    private static final String C = DEMO + "/c";
    private static final String MD5_AAAA = "74b87337454200d4d33f80c4663dc5e5";
    private static final String MANIFEST = """
            [{"path": "/c/seg/1", "etag": "74b87337454200d4d33f80c4663dc5e5", "size_bytes": 4},
             {"path": "c/seg/2", "range": "1-2"},
             {"data": "eHl6"}]""";

    @TempDir
    Path directory;

    private House house;
    private Client demo;

    @BeforeEach
    void open() {
        house = new House("sqlite", directory);
        demo = house.as("demo");
        demo.put(C, "");
        demo.put(C + "/seg/1", "aaaa");
        demo.put(C + "/seg/2", "bcde");
    }

    @AfterEach
    void close() {
        assertThat(house.violations()).isEmpty();
        house.close();
    }

    @Test
    void dynamic_isWhatBeginsWithItsPrefix() {
        assertThat(demo.put(C + "/dyn", "", "X-Object-Manifest", "c/seg/").status())
                .isEqualTo(201);
        var got = demo.get(C + "/dyn");
        assertThat(got.body()).isEqualTo("aaaabcde");
        assertThat(got.header("Etag")).startsWith("\"");
        assertThat(got.header("X-Object-Manifest")).isEqualTo("c/seg/");
        assertThat(demo.head(C + "/dyn").header("Content-Length")).isEqualTo("8");
        demo.put(C + "/seg/3", "f");
        assertThat(demo.get(C + "/dyn", "Range", "bytes=3-8").body()).isEqualTo("abcdef");
        assertThat(demo.get(C + "/dyn?multipart-manifest=get").body()).isEmpty();
        assertThat(demo.put(C + "/bad", "", "X-Object-Manifest", "nothing").status())
                .isEqualTo(400);
        demo.send("COPY", C + "/dyn", "", "Destination", "c/flat");
        assertThat(demo.get(C + "/flat").header("X-Object-Manifest")).isEmpty();
        assertThat(demo.get(C + "/flat").body()).isEqualTo("aaaabcdef");
    }

    @Test
    void static_isItsSegmentsRangesAndInlineData() {
        var put = demo.put(C + "/slo?multipart-manifest=put", MANIFEST, "Content-Type", "text/a");
        assertThat(put.status()).as(put.body()).isEqualTo(201);
        var got = demo.get(C + "/slo");
        assertThat(got.body()).isEqualTo("aaaacdxyz");
        assertThat(got.header("X-Static-Large-Object")).isEqualTo("True");
        assertThat(got.header("Etag")).isEqualTo(put.header("Etag")).startsWith("\"");
        assertThat(got.header("Content-Type")).isEqualTo("text/a");
        assertThat(demo.get(C + "/slo", "Range", "bytes=3-6").body()).isEqualTo("acdx");
        assertThat(demo.get(C + "/slo", "Range", "bytes=0-0,-1").body()).contains("\r\n\r\na\r\n", "\r\n\r\nz\r\n");
        var manifest = demo.get(C + "/slo?multipart-manifest=get");
        assertThat(manifest.header("Content-Type")).startsWith("application/json");
        assertThat(manifest.json().get(0).get("name").asString()).isEqualTo("/c/seg/1");
        assertThat(manifest.json().get(0).get("hash").asString()).isEqualTo(MD5_AAAA);
        assertThat(demo.get(C + "/slo?multipart-manifest=get&format=raw")
                        .json()
                        .get(1)
                        .get("range")
                        .asString())
                .isEqualTo("1-2");
        var listed = demo.get(C + "?format=json&prefix=slo").json().get(0);
        assertThat(listed.get("bytes").intValue()).isEqualTo(9);
        assertThat(listed.get("slo_etag").asString()).isEqualTo(put.header("Etag"));
        assertThat(demo.post(C + "/slo", "X-Object-Meta-A", "1").status()).isEqualTo(202);
        assertThat(demo.get(C + "/slo").body()).isEqualTo("aaaacdxyz");
    }

    @Test
    void static_inAnother_isReadThrough() {
        demo.put(C + "/inner?multipart-manifest=put", MANIFEST);
        var outer = demo.put(
                C + "/outer?multipart-manifest=put",
                "[{\"path\": \"/c/inner\", \"range\": \"2-6\"}, {\"path\": \"/c/seg/2\"}]");
        assertThat(outer.status()).as(outer.body()).isEqualTo(201);
        assertThat(demo.get(C + "/outer").body()).isEqualTo("aacdxbcde");
        demo.send("COPY", C + "/outer?multipart-manifest=get", "", "Destination", "c/twin");
        assertThat(demo.get(C + "/twin").header("X-Static-Large-Object")).isEqualTo("True");
        assertThat(demo.get(C + "/twin").body()).isEqualTo("aacdxbcde");
        demo.send("COPY", C + "/outer", "", "Destination", "c/flat");
        assertThat(demo.get(C + "/flat").header("X-Static-Large-Object")).isEmpty();
        assertThat(demo.get(C + "/flat").body()).isEqualTo("aacdxbcde");
        var deleted = demo.delete(C + "/outer?multipart-manifest=delete", "Accept", "application/json");
        assertThat(deleted.json().get("Number Deleted").intValue()).isEqualTo(4);
        assertThat(demo.names(C)).containsExactly("flat", "twin");
    }

    @Test
    void static_whoseSegmentsAreNotWhatTheyWere_isRefused() {
        demo.put(C + "/slo?multipart-manifest=put", MANIFEST);
        demo.put(C + "/seg/1", "other");
        assertThat(demo.get(C + "/slo").status()).isEqualTo(409);
        assertThat(demo.head(C + "/slo").status()).isEqualTo(200);
    }

    @Test
    void static_withWrongList_saysWhatIsWrong() {
        var slo = C + "/slo?multipart-manifest=put";
        assertThat(demo.put(slo, "nonsense").status()).isEqualTo(400);
        assertThat(demo.put(slo, "{}").status()).isEqualTo(400);
        assertThat(demo.put(slo, "[{\"data\": \"eA==\"}]").status()).isEqualTo(400);
        var wrong = demo.put(
                slo,
                "[{\"path\": \"/c/seg/1\", \"etag\": \"x\"}, {\"path\": \"/c/none\"},"
                        + " {\"path\": \"/c/seg/2\", \"size_bytes\": 1}]");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body())
                .isEqualTo("Errors:\n/c/seg/1, Etag Mismatch\n/c/none, 404 Not Found\n/c/seg/2, Size Mismatch\n");
        assertThat(demo.get(C + "/slo").status()).isEqualTo(404);
    }

    @Test
    void segments_ofAClosedContainer_areNotReadThroughAnOpenOne() {
        demo.put(DEMO + "/open", "", "X-Container-Read", ".r:*");
        demo.put(DEMO + "/open/slo?multipart-manifest=put", MANIFEST);
        demo.put(DEMO + "/open/dyn", "", "X-Object-Manifest", "c/seg/");
        var nobody = house.as("");
        assertThat(nobody.get(DEMO + "/open/slo").status()).isEqualTo(409);
        assertThat(nobody.get(DEMO + "/open/dyn").status()).isEqualTo(401);
        demo.post(C, "X-Container-Read", ".r:*");
        assertThat(nobody.get(DEMO + "/open/slo").body()).isEqualTo("aaaacdxyz");
        assertThat(nobody.get(DEMO + "/open/dyn").body()).isEqualTo("aaaabcde");
    }
}
