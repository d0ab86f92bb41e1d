package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Temporary URLs and forms: no token, a signature.
class SignedTest {
    private static final String C = DEMO + "/c";

    @TempDir
    Path directory;

    private House house;
    private Client demo;
    private Client nobody;
    private long later;

    @BeforeEach
    void open() {
        house = new House("sqlite", directory);
        demo = house.as("demo");
        nobody = house.as("");
        demo.post(DEMO, "X-Account-Meta-Temp-URL-Key", "secret", "X-Account-Meta-Temp-URL-Key-2", "second");
        demo.put(C, "", "X-Container-Meta-Temp-URL-Key", "third");
        demo.put(C + "/dir/o", "hello", "X-Object-Meta-A", "1");
        later = house.clock.instant().getEpochSecond() + 1000;
    }

    @AfterEach
    void close() {
        house.close();
    }

    private static String hmac(String algorithm, String key, String text) throws Exception {
        var mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String query(String key, String method, long expires, String path) throws Exception {
        return "?temp_url_sig=" + hmac("HmacSHA256", key, method + "\n" + expires + "\n" + path) + "&temp_url_expires="
                + expires;
    }

    @Test
    void get_isOpenedByEachKey_untilItsTime() throws Exception {
        var path = C + "/dir/o";
        for (var key : new String[] {"secret", "second", "third"})
            for (var base : new String[] {"/v1/", "/object-store/v1/"}) {
                var got = nobody.get(path + query(key, "GET", later, base + path));
                assertThat(got.status()).isEqualTo(200);
                assertThat(got.body()).isEqualTo("hello");
                assertThat(got.header("Content-Disposition"))
                        .isEqualTo("attachment; filename=\"o\"; filename*=UTF-8''o");
                assertThat(got.header("X-Object-Meta-A")).isEmpty();
            }
        var good = query("secret", "GET", later, "/v1/" + path);
        assertThat(nobody.get(path + good + "&inline").header("Content-Disposition"))
                .isEqualTo("inline");
        assertThat(nobody.get(path + good + "&filename=x.txt").header("Content-Disposition"))
                .startsWith("attachment; filename=\"x.txt\"");
        assertThat(nobody.head(path + good).status()).isEqualTo(200);
        assertThat(nobody.put(path + good, "x").status()).isEqualTo(401);
        assertThat(nobody.get(C + "/other" + good).status()).isEqualTo(401);
        assertThat(nobody.get(path + query("wrong", "GET", later, "/v1/" + path))
                        .status())
                .isEqualTo(401);
        assertThat(nobody.get(path + good.replace("sig=", "sig=0")).status()).isEqualTo(401);
        var sha1 = hmac("HmacSHA1", "secret", "GET\n" + later + "\n/v1/" + path);
        assertThat(nobody.get(path + "?temp_url_sig=" + sha1 + "&temp_url_expires=" + later)
                        .status())
                .isEqualTo(401);
        house.clock.advance(1001);
        assertThat(nobody.get(path + good).status()).isEqualTo(401);
    }

    @Test
    void put_storesOnlyWhatWasSigned() throws Exception {
        var path = C + "/new";
        var signed = query("secret", "PUT", later, "/v1/" + path);
        assertThat(nobody.put(path + signed, "fresh").status()).isEqualTo(201);
        assertThat(demo.get(path).body()).isEqualTo("fresh");
        assertThat(nobody.put(path + signed, "", "X-Object-Manifest", "c/dir").status())
                .isEqualTo(400);
        assertThat(nobody.get(path + signed).status()).isEqualTo(401);
        assertThat(nobody.put(path + signed, "", "X-Copy-From", "c/dir/o").status())
                .isEqualTo(400);
    }

    @Test
    void prefixAndAddress_areKept() throws Exception {
        var prefix = query("secret", "GET", later, "prefix:/v1/" + C + "/dir/") + "&temp_url_prefix=dir/";
        assertThat(nobody.get(C + "/dir/o" + prefix).status()).isEqualTo(200);
        assertThat(nobody.get(C + "/else" + prefix).status()).isEqualTo(401);
        for (var range : new String[] {"127.0.0.1", "127.0.0.0/8"}) {
            var text = "ip=" + range + "\nGET\n" + later + "\n/v1/" + C + "/dir/o";
            var url = C + "/dir/o?temp_url_sig=" + hmac("HmacSHA512", "secret", text) + "&temp_url_expires=" + later
                    + "&temp_url_ip_range=" + range;
            assertThat(nobody.get(url).status()).isEqualTo(200);
        }
        var far = "ip=10.0.0.0/8\nGET\n" + later + "\n/v1/" + C + "/dir/o";
        assertThat(nobody.get(C + "/dir/o?temp_url_sig=" + hmac("HmacSHA256", "secret", far) + "&temp_url_expires="
                                + later + "&temp_url_ip_range=10.0.0.0/8")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void containerKey_opensNothingBeyondItsContainer() throws Exception {
        demo.put(DEMO + "/private", "");
        demo.put(DEMO + "/private/s", "secret");
        demo.put(C + "/leak?multipart-manifest=put", "[{\"path\": \"/private/s\"}]");
        var path = C + "/leak";
        assertThat(nobody.get(path + query("third", "GET", later, "/v1/" + path))
                        .status())
                .isEqualTo(409);
        assertThat(nobody.get(path + query("secret", "GET", later, "/v1/" + path))
                        .body())
                .isEqualTo("secret");
    }

    private Client.Answer form(
            String key, String path, String redirect, long size, int count, long expires, String... files)
            throws Exception {
        var signature = hmac("HmacSHA1", key, path + "\n" + redirect + "\n" + size + "\n" + count + "\n" + expires);
        var body = new StringBuilder();
        var fields = new String[][] {
            {"redirect", redirect},
            {"max_file_size", Long.toString(size)},
            {"max_file_count", Integer.toString(count)},
            {"expires", Long.toString(expires)},
            {"signature", signature}
        };
        for (var f : fields)
            body.append("--B\r\nContent-Disposition: form-data; name=\"" + f[0] + "\"\r\n\r\n" + f[1] + "\r\n");
        for (int i = 0; i < files.length; i++)
            body.append("--B\r\nContent-Disposition: form-data; name=\"file" + i + "\"; filename=\"f" + i
                    + "\"\r\nContent-Type: text/plain\r\n\r\n" + files[i] + "\r\n");
        body.append("--B--\r\n");
        return nobody.send(
                "POST",
                path.replaceFirst("^/v1/", ""),
                body.toString(),
                "Content-Type",
                "multipart/form-data; boundary=B");
    }

    @Test
    void form_storesItsFilesUnderThePrefix() throws Exception {
        var path = "/v1/" + C + "/up/";
        var big = "x\r\n--".repeat(40_000);
        assertThat(form("secret", path, "", 1 << 20, 2, later, "hello", big).status())
                .isEqualTo(201);
        assertThat(demo.get(C + "/up/f0").body()).isEqualTo("hello");
        assertThat(demo.get(C + "/up/f1").body()).isEqualTo(big);
        assertThat(form("wrong", path, "", 100, 1, later, "x").status()).isEqualTo(401);
        assertThat(form("secret", path, "", 100, 1, 5, "x").status()).isEqualTo(401);
        assertThat(form("secret", path, "", 3, 1, later, "hello").status()).isEqualTo(413);
        assertThat(form("secret", path, "", 100, 1, later, "a", "b").status()).isEqualTo(400);
        var moved = form("secret", path, "http://example.org/done", 100, 1, later, "x");
        assertThat(moved.status()).isEqualTo(303);
        assertThat(moved.header("Location")).startsWith("http://example.org/done?status=201");
    }
}
