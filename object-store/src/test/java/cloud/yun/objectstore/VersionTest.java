package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Older versions: in another container (two ways), or in the same.
class VersionTest {
    private static final String C = DEMO + "/c";

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void versionsLocation_keepsAndRestores(String kind, @TempDir Path directory) {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(DEMO + "/old", "");
            demo.put(C, "", "X-Versions-Location", "old");
            for (var text : new String[] {"one", "two", "three"}) demo.put(C + "/o", text);
            assertThat(demo.names(DEMO + "/old")).hasSize(2).allMatch(n -> n.startsWith("001o/"));
            assertThat(demo.get(C + "/o").body()).isEqualTo("three");
            assertThat(demo.delete(C + "/o").status()).isEqualTo(204);
            assertThat(demo.get(C + "/o").body()).isEqualTo("two");
            demo.delete(C + "/o");
            assertThat(demo.get(C + "/o").body()).isEqualTo("one");
            demo.delete(C + "/o");
            assertThat(demo.get(C + "/o").status()).isEqualTo(404);
            assertThat(demo.get(DEMO + "/old").status()).isEqualTo(204);
            assertThat(house.files()).isEmpty();
            demo.delete(DEMO + "/old");
            demo.put(C + "/p", "1");
            assertThat(demo.put(C + "/p", "2").status()).isEqualTo(412);
            assertThat(demo.get(C + "/p").body()).isEqualTo("1");
            assertThat(house.files()).hasSize(1);
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void historyLocation_keepsDeletionsToo(String kind, @TempDir Path directory) {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(DEMO + "/old", "");
            demo.put(C, "", "X-History-Location", "old");
            demo.put(C + "/o", "one");
            demo.put(C + "/o", "two");
            assertThat(demo.delete(C + "/o").status()).isEqualTo(204);
            assertThat(demo.get(C + "/o").status()).isEqualTo(404);
            var kept = demo.get(DEMO + "/old?format=json").json();
            assertThat(kept.size()).isEqualTo(3);
            assertThat(kept.get(2).get("content_type").asString())
                    .isEqualTo("application/x-deleted;swift_versions_deleted=1");
            assertThat(house.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void versionsEnabled_keepsEachUnderItsId(String kind, @TempDir Path directory) {
        try (var house = new House(kind, directory)) {
            var demo = house.as("demo");
            demo.put(C, "");
            demo.put(C + "/o", "zero");
            demo.post(C, "X-Versions-Enabled", "true");
            assertThat(demo.head(C).header("X-Versions-Enabled")).isEqualTo("True");
            var one = demo.put(C + "/o", "one").header("X-Object-Version-Id");
            var two = demo.put(C + "/o", "two").header("X-Object-Version-Id");
            assertThat(demo.get(C + "/o?version-id=" + one).body()).isEqualTo("one");
            assertThat(demo.get(C + "/o?version-id=null").body()).isEqualTo("zero");
            assertThat(demo.get(C + "/o").header("X-Object-Version-Id")).isEqualTo(two);
            assertThat(demo.head(C).header("X-Container-Object-Count")).isEqualTo("1");
            assertThat(demo.head(C).header("X-Container-Bytes-Used")).isEqualTo("10");
            var mark = demo.delete(C + "/o").header("X-Object-Version-Id");
            assertThat(demo.get(C + "/o").status()).isEqualTo(404);
            assertThat(demo.get(C + "/o?version-id=" + two).body()).isEqualTo("two");
            var list = demo.get(C + "?versions&format=json").json();
            assertThat(list.findValuesAsString("version_id")).containsExactly(mark, two, one, "null");
            assertThat(list.get(0).get("is_latest").booleanValue()).isTrue();
            assertThat(list.get(1).get("is_latest").booleanValue()).isFalse();
            assertThat(demo.get(C + "?versions&format=json&marker=o&version_marker=" + two)
                            .json()
                            .findValuesAsString("version_id"))
                    .containsExactly(one, "null");
            assertThat(demo.get(C).status()).isEqualTo(204);
            assertThat(demo.delete(C).status()).isEqualTo(409);
            assertThat(demo.put(C + "/o?version-id=" + one, "").status()).isEqualTo(201);
            assertThat(demo.get(C + "/o").body()).isEqualTo("one");
            assertThat(demo.delete(C + "/o?version-id=" + one).status()).isEqualTo(204);
            assertThat(demo.get(C + "/o").status()).isEqualTo(404);
            assertThat(house.violations()).isEmpty();
            for (var id : new String[] {mark, two, "null"})
                assertThat(demo.delete(C + "/o?version-id=" + id).status()).isEqualTo(204);
            assertThat(house.files()).isEmpty();
            assertThat(demo.delete(C).status()).isEqualTo(204);
            assertThat(house.violations()).isEmpty();
        }
    }
}
