package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static cloud.yun.objectstore.House.OTHER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Objects, through HTTP.
class ObjectTest {
    private static final String C = DEMO + "/things";

    @TempDir
    static Path directory;

    private static House house;
    private static Client demo;

    @BeforeAll
    static void open() {
        house = new House("sqlite", directory);
        demo = house.as("demo");
        assertThat(demo.put(C, "").status()).isEqualTo(201);
    }

    @AfterAll
    static void close() {
        assertThat(house.violations()).isEmpty();
        house.close();
    }

    @Test
    void put_thenGet_bringsBytesTypeAndMetadataBack() {
        var put = demo.put(
                C + "/a%20b/%E4%BA%91.txt",
                "hello",
                "Content-Type",
                "text/plain; charset=UTF-8",
                "X-Object-Meta_Color",
                "red",
                "Content-Disposition",
                "inline");
        assertThat(put.status()).isEqualTo(201);
        assertThat(put.header("Etag")).isEqualTo("5d41402abc4b2a76b9719d911017c592");
        assertThat(put.header("X-Trans-Id")).matches("tx[0-9a-f]{21}-[0-9a-f]{10}");
        assertThat(put.header("X-Openstack-Request-Id")).isEqualTo(put.header("X-Trans-Id"));
        var got = demo.get(C + "/a%20b/%E4%BA%91.txt");
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo("hello");
        assertThat(got.header("Content-Type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(got.header("X-Object-Meta-Color")).isEqualTo("red");
        assertThat(got.header("Content-Disposition")).isEqualTo("inline");
        assertThat(got.header("Accept-Ranges")).isEqualTo("bytes");
        var head = demo.head(C + "/a%20b/%E4%BA%91.txt");
        assertThat(head.header("Content-Length")).isEqualTo("5");
        assertThat(demo.names(C)).contains("a b/云.txt");
    }

    @Test
    void put_withoutType_takesItFromTheName() {
        demo.put(C + "/page.html", "x");
        assertThat(demo.head(C + "/page.html").header("Content-Type")).isEqualTo("text/html");
        demo.put(C + "/plain", "x");
        assertThat(demo.head(C + "/plain").header("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void put_whenBytesAreNotThosePromised_leavesTheOldObject() {
        demo.put(C + "/sure", "old");
        assertThat(demo.put(C + "/sure", "new", "ETag", "00000000000000000000000000000000")
                        .status())
                .isEqualTo(422);
        assertThat(demo.put(C + "/sure", "new", "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")
                        .status())
                .isEqualTo(422);
        assertThat(demo.get(C + "/sure").body()).isEqualTo("old");
        assertThat(demo.put(C + "/sure", "new", "ETag", "22af645d1859cb5ca6da0c484f1f37ea")
                        .status())
                .isEqualTo(201);
        assertThat(demo.get(C + "/sure").body()).isEqualTo("new");
    }

    @Test
    void put_ofManyMebibytesInChunks_arrivesWhole() {
        var bytes = new byte[9_000_001];
        new Random(7).nextBytes(bytes);
        var put = demo.bytes("PUT", C + "/big", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)));
        assertThat(put.statusCode()).isEqualTo(201);
        assertThat(demo.get(C + "/big").response().body()).isEqualTo(bytes);
        var tail = demo.get(C + "/big", "Range", "bytes=8999999-");
        assertThat(tail.status()).isEqualTo(206);
        assertThat(tail.response().body()).containsExactly(bytes[8_999_999], bytes[9_000_000]);
    }

    @Test
    void put_ifNoneMatchStar_isRefusedWhenItIsThere() {
        assertThat(demo.put(C + "/once", "1", "If-None-Match", "*").status()).isEqualTo(201);
        assertThat(demo.put(C + "/once", "2", "If-None-Match", "*").status()).isEqualTo(412);
        assertThat(demo.put(C + "/once", "2", "If-None-Match", "abc").status()).isEqualTo(400);
        assertThat(demo.get(C + "/once").body()).isEqualTo("1");
    }

    @Test
    void put_whereThereIsNoContainer_is404() {
        assertThat(demo.put(DEMO + "/none/a", "x").status()).isEqualTo(404);
        assertThat(demo.put(C + "/" + "n".repeat(1025), "x").status()).isEqualTo(400);
        assertThat(demo.put(C + "/m", "x", "X-Object-Meta-A", "v".repeat(257)).status())
                .isEqualTo(400);
    }

    @Test
    void get_withConditions_answersAsHttpSays() {
        demo.put(C + "/cond", "hello");
        var seen = demo.head(C + "/cond");
        var etag = seen.header("Etag");
        var when = seen.header("Last-Modified");
        assertThat(demo.get(C + "/cond", "If-None-Match", etag).status()).isEqualTo(304);
        assertThat(demo.get(C + "/cond", "If-None-Match", "\"" + etag + "\"").status())
                .isEqualTo(304);
        assertThat(demo.get(C + "/cond", "If-None-Match", "x").status()).isEqualTo(200);
        assertThat(demo.get(C + "/cond", "If-Match", "x").status()).isEqualTo(412);
        assertThat(demo.get(C + "/cond", "If-Match", "x, " + etag).status()).isEqualTo(200);
        assertThat(demo.get(C + "/cond", "If-Modified-Since", when).status()).isEqualTo(304);
        assertThat(demo.get(C + "/cond", "If-Unmodified-Since", when).status()).isEqualTo(200);
        assertThat(demo.get(C + "/cond", "If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")
                        .status())
                .isEqualTo(412);
    }

    @Test
    void get_withRanges_bringsThePieces() {
        demo.put(C + "/range", "0123456789");
        var middle = demo.get(C + "/range", "Range", "bytes=2-4");
        assertThat(middle.status()).isEqualTo(206);
        assertThat(middle.body()).isEqualTo("234");
        assertThat(middle.header("Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(demo.get(C + "/range", "Range", "bytes=-3").body()).isEqualTo("789");
        assertThat(demo.get(C + "/range", "Range", "bytes=x").status()).isEqualTo(200);
        var beyond = demo.get(C + "/range", "Range", "bytes=10-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("Content-Range")).isEqualTo("bytes */10");
        var many = demo.get(C + "/range", "Range", "bytes=0-1,8-");
        assertThat(many.status()).isEqualTo(206);
        assertThat(many.header("Content-Type")).startsWith("multipart/byteranges;boundary=");
        var boundary = many.header("Content-Type").split("boundary=")[1];
        assertThat(many.body())
                .isEqualTo("--" + boundary
                        + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--"
                        + boundary
                        + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n--"
                        + boundary + "--");
    }

    @Test
    void post_replacesMetadata_andKeepsTheBytes() {
        demo.put(C + "/meta", "hello", "X-Object-Meta-A", "1", "X-Object-Meta-B", "2", "Content-Type", "text/a");
        assertThat(demo.post(C + "/meta", "X-Object-Meta-C", "3").status()).isEqualTo(202);
        var got = demo.get(C + "/meta");
        assertThat(got.header("X-Object-Meta-A")).isEmpty();
        assertThat(got.header("X-Object-Meta-C")).isEqualTo("3");
        assertThat(got.header("Content-Type")).isEqualTo("text/a");
        assertThat(got.body()).isEqualTo("hello");
        assertThat(demo.post(C + "/nothing", "X-Object-Meta-C", "3").status()).isEqualTo(404);
    }

    /// The Java client sends only ASCII in headers; Swift's clients send UTF-8.
    @Test
    void metadata_inUtf8_comeBackAsTheyWere() throws Exception {
        demo.put(C + "/utf8", "hello");
        var address = java.net.URI.create(house.root());
        try (var socket = new java.net.Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write(("POST /object-store/v1/" + C + "/utf8 HTTP/1.1\r\nHost: x\r\nX-Auth-Token: demo\r\n"
                                    + "X-Object-Meta-C: caf\u00e9 \u4e91\r\nContent-Length: 0\r\n\r\n"
                                    + "HEAD /object-store/v1/" + C + "/utf8 HTTP/1.1\r\nHost: x\r\n"
                                    + "X-Auth-Token: demo\r\nConnection: close\r\n\r\n")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            var answer = new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(answer).contains("HTTP/1.1 202", "X-Object-Meta-C: caf\u00e9 \u4e91\r\n");
        }
    }

    @Test
    void copy_bothWays_keepsMetadataUnlessFresh() {
        demo.put(C + "/src", "hello", "X-Object-Meta-A", "1", "Content-Type", "text/a");
        var copied = demo.send("COPY", C + "/src", "", "Destination", "things/dst", "X-Object-Meta-B", "2");
        assertThat(copied.status()).isEqualTo(201);
        assertThat(copied.header("X-Copied-From")).isEqualTo("things/src");
        assertThat(copied.header("X-Copied-From-Last-Modified")).isNotEmpty();
        assertThat(copied.header("X-Object-Meta-B")).isEqualTo("2");
        var got = demo.get(C + "/dst");
        assertThat(got.body()).isEqualTo("hello");
        assertThat(got.header("X-Object-Meta-A")).isEqualTo("1");
        assertThat(got.header("X-Object-Meta-B")).isEqualTo("2");
        assertThat(got.header("Content-Type")).isEqualTo("text/a");
        assertThat(demo.put(C + "/fresh", "", "X-Copy-From", "/things/src", "X-Fresh-Metadata", "true")
                        .status())
                .isEqualTo(201);
        assertThat(demo.get(C + "/fresh").header("X-Object-Meta-A")).isEmpty();
        assertThat(demo.put(C + "/no", "x", "X-Copy-From", "/things/src").status())
                .isEqualTo(400);
        assertThat(demo.send("COPY", C + "/src", "").status()).isEqualTo(412);
        assertThat(demo.delete(C + "/src").status()).isEqualTo(204);
        assertThat(demo.get(C + "/dst").body()).isEqualTo("hello");
        assertThat(demo.send("COPY", C + "/dst", "", "Destination", "things/dst", "X-Object-Meta-B", "3")
                        .status())
                .isEqualTo(201);
        assertThat(demo.get(C + "/dst").body()).isEqualTo("hello");
    }

    @Test
    void copy_acrossAccounts_needsBothLists() {
        demo.put(C + "/shared", "hello");
        var other = house.as("other");
        other.put(OTHER + "/inbox", "");
        var to = new String[] {"X-Copy-From", "/things/shared", "X-Copy-From-Account", DEMO};
        assertThat(other.put(OTHER + "/inbox/got", "", to).status()).isEqualTo(403);
        demo.post(C, "X-Container-Read", House.OTHER_PROJECT + ":*");
        assertThat(other.put(OTHER + "/inbox/got", "", to).status()).isEqualTo(201);
        assertThat(other.get(OTHER + "/inbox/got").body()).isEqualTo("hello");
        demo.post(C, "X-Remove-Container-Read", "x");
    }

    @Test
    void delete_takesTheFileToo() {
        var before = house.files().size();
        demo.put(C + "/gone", "hello");
        assertThat(house.files()).hasSize(before + 1);
        assertThat(demo.delete(C + "/gone").status()).isEqualTo(204);
        assertThat(house.files()).hasSize(before);
        var again = demo.delete(C + "/gone");
        assertThat(again.status()).isEqualTo(404);
        assertThat(again.body()).isEqualTo("<html><h1>Not Found</h1><p>The resource could not be found.</p></html>");
        assertThat(again.header("Content-Type")).isEqualTo("text/html; charset=UTF-8");
    }

    @Test
    void deleteAt_whenItIsPast_hidesTheObjectAndThenRemovesIt() {
        demo.put(DEMO + "/brief", "");
        demo.put(DEMO + "/brief/a", "hello", "X-Delete-After", "100");
        assertThat(demo.head(DEMO + "/brief/a").header("X-Delete-At")).isNotEmpty();
        assertThat(demo.put(DEMO + "/brief/b", "x", "X-Delete-At", "1").status())
                .isEqualTo(400);
        house.clock.advance(101);
        assertThat(demo.get(DEMO + "/brief/a").status()).isEqualTo(404);
        assertThat(demo.names(DEMO + "/brief")).containsExactly("a");
        house.module.reconcilers().stream()
                .filter(r -> r.name().contains("expired"))
                .forEach(cloud.yun.kernel.reconcile.Reconciler::reconcile);
        assertThat(demo.get(DEMO + "/brief").status()).isEqualTo(204);
    }

    @Test
    void unknownMethodsAndPaths_areRefusedAsSwiftDoes() {
        assertThat(demo.send("PATCH", C + "/x", "").status()).isEqualTo(405);
        assertThat(demo.send("COPY", C, "").status()).isEqualTo(405);
        // Last: the connection is closed after it.
        assertThat(demo.get(C + "/%00").status()).isIn(400, 412);
    }
}
