package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Accounts and containers through HTTP, on both databases.
class ContainerTest {
    private static final String C = DEMO + "/c";

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void listings_rollUpSkipAndTurn(String kind, @TempDir Path directory) {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(C, "");
            for (var name :
                    List.of("B", "a", "a/1", "a/2", "a/b/3", "b", "c/1", "z", "%C3%A9", "%F0%9F%98%80", "%EF%BF%AE"))
                assertThat(demo.put(C + "/" + name, "x").status()).isEqualTo(201);
            assertThat(demo.names(C))
                    .containsExactly("B", "a", "a/1", "a/2", "a/b/3", "b", "c/1", "z", "é", "\uffee", "😀");
            assertThat(demo.names(C + "?reverse=true"))
                    .containsExactly("😀", "\uffee", "é", "z", "c/1", "b", "a/b/3", "a/2", "a/1", "a", "B");
            assertThat(demo.names(C + "?delimiter=/"))
                    .containsExactly("B", "a", "a/", "b", "c/", "z", "é", "\uffee", "😀");
            assertThat(demo.names(C + "?delimiter=/&reverse=on&limit=6"))
                    .containsExactly("😀", "\uffee", "é", "z", "c/", "b");
            assertThat(demo.names(C + "?delimiter=/&prefix=a/")).containsExactly("a/1", "a/2", "a/b/");
            assertThat(demo.names(C + "?path=a")).containsExactly("a/1", "a/2");
            assertThat(demo.names(C + "?path=")).containsExactly("B", "a", "b", "z", "é", "\uffee", "😀");
            assertThat(demo.names(C + "?marker=a/1&end_marker=c")).containsExactly("a/2", "a/b/3", "b");
            assertThat(demo.names(C + "?delimiter=/&marker=a/&limit=2")).containsExactly("b", "c/");
            assertThat(demo.names(C + "?prefix=a&limit=2")).containsExactly("a", "a/1");
            assertThat(demo.get(C + "?limit=10001").status()).isEqualTo(412);
            assertThat(demo.get(C + "?prefix=nothing").status()).isEqualTo(204);
            var json = demo.get(C + "?format=json&delimiter=/&limit=3").json();
            assertThat(json.get(0).get("bytes").intValue()).isEqualTo(1);
            assertThat(json.get(0).get("hash").asString()).isEqualTo("9dd4e461268c8034f5c8564e155c67a6");
            assertThat(json.get(0).get("last_modified").asString()).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{6}");
            assertThat(json.get(2).get("subdir").asString()).isEqualTo("a/");
            assertThat(demo.get(C + "?limit=1", "Accept", "application/xml").body())
                    .startsWith(
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<container name=\"c\"><object><name>B</name>");
            var head = demo.head(C);
            assertThat(head.status()).isEqualTo(204);
            assertThat(head.header("X-Container-Object-Count")).isEqualTo("11");
            assertThat(head.header("X-Container-Bytes-Used")).isEqualTo("11");
            assertThat(demo.delete(C).status()).isEqualTo(409);
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void pages_whateverTheirSize_addUpToTheWholeList(String kind, @TempDir Path directory) {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(C, "");
            var names = new TreeSet<String>();
            for (int i = 0; i < 60; i++) names.add("d" + i % 7 + "/" + (i % 3 == 0 ? "s/" : "") + i);
            names.forEach(n -> demo.put(C + "/" + n, ""));
            for (int size : new int[] {1, 7, 60}) {
                var found = new ArrayList<String>();
                var marker = "";
                for (var page = demo.names(C + "?limit=" + size);
                        !page.isEmpty();
                        page = demo.names(C + "?limit=" + size + "&marker=" + marker)) {
                    found.addAll(page);
                    marker = page.getLast();
                }
                assertThat(found).containsExactlyElementsOf(names);
            }
            assertThat(demo.names(C + "?delimiter=/")).containsExactly("d0/", "d1/", "d2/", "d3/", "d4/", "d5/", "d6/");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void account_countsListsAndKeepsMetadata(String kind, @TempDir Path directory) {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            assertThat(demo.get(DEMO).status()).isEqualTo(204);
            assertThat(demo.put(DEMO + "/one", "").status()).isEqualTo(201);
            assertThat(demo.put(DEMO + "/one", "").status()).isEqualTo(202);
            demo.put(DEMO + "/two", "");
            demo.put(DEMO + "/two/o", "12345");
            var head = demo.head(DEMO);
            assertThat(head.status()).isEqualTo(204);
            assertThat(head.header("X-Account-Container-Count")).isEqualTo("2");
            assertThat(head.header("X-Account-Object-Count")).isEqualTo("1");
            assertThat(head.header("X-Account-Bytes-Used")).isEqualTo("5");
            assertThat(head.header("X-Account-Storage-Policy-Policy-0-Bytes-Used"))
                    .isEqualTo("5");
            var list = demo.get(DEMO + "?format=json").json();
            assertThat(list.get(1).get("name").asString()).isEqualTo("two");
            assertThat(list.get(1).get("bytes").intValue()).isEqualTo(5);
            assertThat(demo.names(DEMO + "?prefix=t")).containsExactly("two");
            assertThat(demo.post(DEMO, "X-Account-Meta-A", "1").status()).isEqualTo(204);
            assertThat(demo.head(DEMO).header("X-Account-Meta-A")).isEqualTo("1");
            demo.post(DEMO, "X-Remove-Account-Meta-A", "x");
            assertThat(demo.head(DEMO).header("X-Account-Meta-A")).isEmpty();
            assertThat(demo.delete(DEMO).status()).isEqualTo(403);
            var reseller = house.as("reseller");
            assertThat(reseller.delete(DEMO).status()).isEqualTo(204);
            assertThat(demo.get(DEMO + "/two/o").status()).isEqualTo(404);
            house.reconcile();
            assertThat(house.files()).isEmpty();
            assertThat(demo.head(DEMO).header("X-Account-Container-Count")).isEqualTo("0");
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void quotas_areNeverPassed(String kind, @TempDir Path directory) throws Exception {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(C, "", "X-Container-Meta-Quota-Count", "2", "X-Container-Meta-Quota-Bytes", "10");
            assertThat(demo.put(C, "", "X-Container-Meta-Quota-Count", "x").status())
                    .isEqualTo(400);
            var over = demo.put(C + "/big", "12345678901");
            assertThat(over.status()).isEqualTo(413);
            assertThat(over.body()).isEqualTo("Upload exceeds quota.");
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 8; i++) {
                var name = C + "/" + i;
                threads.add(Thread.ofVirtual().start(() -> demo.put(name, "x")));
            }
            for (var thread : threads) thread.join();
            assertThat(demo.head(C).header("X-Container-Object-Count")).isEqualTo("2");
            assertThat(house.files()).hasSize(2);
            assertThat(demo.post(DEMO, "X-Account-Meta-Quota-Bytes", "3").status())
                    .isEqualTo(403);
            assertThat(house.as("reseller")
                            .post(DEMO, "X-Account-Meta-Quota-Bytes", "3")
                            .status())
                    .isEqualTo(204);
            demo.put(DEMO + "/d", "");
            assertThat(demo.put(DEMO + "/d/a", "1").status()).isEqualTo(201);
            assertThat(demo.put(DEMO + "/d/b", "1").status()).isEqualTo(413);
            assertThat(house.violations()).isEmpty();
        }
    }
}
