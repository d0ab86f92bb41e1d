package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many in one request, and containers as web sites.
class BulkAndWebTest {
    private static final String C = DEMO + "/c";

    @TempDir
    Path directory;

    private House house;
    private Client demo;

    @BeforeEach
    void open() {
        house = new House("sqlite", directory);
        demo = house.as("demo");
    }

    @AfterEach
    void close() {
        assertThat(house.violations()).isEmpty();
        house.close();
    }

    @Test
    void bulkDelete_reportsWhatBecameOfEach() {
        demo.put(C, "");
        demo.put(C + "/a%20b", "x");
        demo.put(C + "/keep", "x");
        var report = demo.send(
                "POST",
                DEMO + "?bulk-delete",
                "c/a%20b\n/c/none\nc\n",
                "Content-Type",
                "text/plain",
                "Accept",
                "application/json");
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.json().get("Number Deleted").intValue()).isEqualTo(1);
        assertThat(report.json().get("Number Not Found").intValue()).isEqualTo(1);
        assertThat(report.json().at("/Errors/0/1").asString()).isEqualTo("409 Conflict");
        assertThat(report.json().get("Response Status").asString()).isEqualTo("400 Bad Request");
        assertThat(demo.names(C)).containsExactly("keep");
    }

    @Test
    void extractArchive_ofAllKinds_makesObjects() throws Exception {
        var tree = Files.createDirectories(directory.resolve("tree/box/deep"));
        Files.writeString(tree.resolve("n".repeat(150)), "long name");
        Files.writeString(tree.resolve("data"), "0123456789".repeat(100_000));
        Files.writeString(tree.resolve("runs"), "a".repeat(70_000) + "bbbb" + "c".repeat(4 + 255));
        int round = 0;
        for (var kind : new String[][] {{"tar", "cf"}, {"tar.gz", "czf"}, {"tar.bz2", "cjf"}}) {
            var archive = directory.resolve("a." + kind[0]);
            var tar = new ProcessBuilder(
                            "tar",
                            kind[1],
                            archive.toString(),
                            round++ == 0 ? "--format=pax" : "--format=gnu",
                            "-C",
                            directory.resolve("tree").toString(),
                            "box")
                    .inheritIO()
                    .start();
            assertThat(tar.waitFor()).isZero();
            var answer = demo.bytes(
                    "PUT",
                    DEMO + "?extract-archive=" + kind[0],
                    BodyPublishers.ofFile(archive),
                    "Accept",
                    "application/json");
            var report = new Client.Answer(answer);
            assertThat(report.json().get("Number Files Created").intValue())
                    .as(report.body())
                    .isEqualTo(3);
            assertThat(report.json().get("Response Status").asString()).isEqualTo("201 Created");
            for (var name : new String[] {"n".repeat(150), "data", "runs"}) {
                assertThat(demo.get(DEMO + "/box/deep/" + name).body()).isEqualTo(Files.readString(tree.resolve(name)));
                demo.delete(DEMO + "/box/deep/" + name);
            }
        }
        var broken = demo.put(DEMO + "/box?extract-archive=tar.gz", "nonsense", "Accept", "application/json");
        assertThat(broken.json().get("Response Status").asString()).isEqualTo("400 Bad Request");
    }

    @Test
    void site_showsIndexListingAndErrors() {
        demo.put(
                C,
                "",
                "X-Container-Read",
                ".r:*,.rlistings",
                "X-Container-Meta-Web-Index",
                "index.html",
                "X-Container-Meta-Web-Error",
                "error.html",
                "X-Container-Meta-Web-Listings",
                "true",
                "X-Container-Meta-Web-Listings-CSS",
                "style.css");
        demo.put(C + "/index.html", "welcome");
        demo.put(C + "/404error.html", "nothing here");
        demo.put(C + "/sub/%3Ca%3E", "x");
        var nobody = house.as("");
        var moved = nobody.get(C);
        assertThat(moved.status()).isEqualTo(301);
        assertThat(moved.header("Location")).endsWith("/object-store/v1/" + C + "/");
        assertThat(nobody.get(C + "/").body()).isEqualTo("welcome");
        assertThat(nobody.get(C + "/sub").status()).isEqualTo(301);
        var listing = nobody.get(C + "/sub/");
        assertThat(listing.status()).isEqualTo(200);
        assertThat(listing.body())
                .contains("<a href=\"%3Ca%3E\">&lt;a&gt;</a>", "href=\"../style.css\"")
                .doesNotContain("<a>");
        var missing = nobody.get(C + "/missing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.body()).isEqualTo("nothing here");
        assertThat(demo.names(C)).hasSize(3);
    }

    @Test
    void cors_answersOnlySitesThatTheContainerNames() {
        demo.put(C, "", "X-Container-Read", ".r:*", "X-Container-Meta-Access-Control-Allow-Origin", "http://a.example");
        demo.put(C + "/o", "x", "X-Object-Meta-B", "1");
        var nobody = house.as("");
        var preflight = nobody.send(
                "OPTIONS", C + "/o", "", "Origin", "http://a.example", "Access-Control-Request-Method", "PUT");
        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("http://a.example");
        assertThat(preflight.header("Access-Control-Allow-Methods")).contains("PUT");
        assertThat(nobody.send("OPTIONS", C + "/o", "", "Origin", "http://b", "Access-Control-Request-Method", "PUT")
                        .status())
                .isEqualTo(401);
        var got = nobody.get(C + "/o", "Origin", "http://a.example");
        assertThat(got.header("Access-Control-Allow-Origin")).isEqualTo("http://a.example");
        assertThat(got.header("Access-Control-Expose-Headers")).contains("x-object-meta-b");
        assertThat(nobody.get(C + "/o", "Origin", "http://b").header("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(nobody.get(C + "/none", "Origin", "http://a.example").header("Access-Control-Allow-Origin"))
                .isEqualTo("http://a.example");
    }

    @Test
    void info_statesLimitsAtTheRootToo() {
        for (var path : new String[] {house.root() + "/info", house.root() + "/object-store/info"}) {
            var info = house.as("").get(path).json();
            assertThat(info.at("/swift/max_file_size").longValue()).isEqualTo(5_368_709_122L);
            assertThat(info.at("/swift/max_meta_count").intValue()).isEqualTo(90);
            assertThat(info.at("/tempurl/allowed_digests").size()).isEqualTo(2);
        }
        assertThat(house.as("").get(house.root() + "/healthcheck").body()).isEqualTo("OK");
    }
}
