package cloud.yun.objectstore;

import static cloud.yun.objectstore.House.DEMO;
import static cloud.yun.objectstore.House.OTHER_PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may do what: roles, lists of containers, nobody at all.
class AccessTest {
    private static final String C = DEMO + "/c";

    @TempDir
    Path directory;

    private House house;
    private Client demo;
    private Client other;
    private Client nobody;

    @BeforeEach
    void open() {
        house = new House("sqlite", directory);
        demo = house.as("demo");
        other = house.as("other");
        nobody = house.as("");
        demo.put(C, "");
        demo.put(C + "/o", "hello");
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void roles_ownReadOrGetNothing() {
        var reader = house.as("reader");
        assertThat(reader.get(C + "/o").status()).isEqualTo(200);
        assertThat(reader.get(C).status()).isEqualTo(200);
        assertThat(reader.get(DEMO).status()).isEqualTo(200);
        assertThat(reader.put(C + "/p", "x").status()).isEqualTo(403);
        assertThat(reader.put(DEMO + "/d", "").status()).isEqualTo(403);
        assertThat(reader.post(DEMO, "X-Account-Meta-A", "1").status()).isEqualTo(403);
        var guest = house.as("nobody");
        assertThat(guest.get(C + "/o").status()).isEqualTo(403);
        assertThat(other.get(C + "/o").status()).isEqualTo(403);
        assertThat(house.as("reseller").get(C + "/o").status()).isEqualTo(200);
        assertThat(house.as("reseller").put(DEMO + "/by-reseller", "").status()).isEqualTo(201);
    }

    @Test
    void withoutToken_theAnswerIs401AndSaysHow() {
        var refused = nobody.get(C + "/o");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate")).isEqualTo("Swift realm=\"" + DEMO + "\"");
        assertThat(nobody.get(DEMO + "/does-not-exist").status()).isEqualTo(401);
        assertThat(house.as("not a token").get(C + "/o").status()).isEqualTo(401);
    }

    @Test
    void readList_opensToAll_listingsOnlyIfSaid() {
        demo.post(C, "X-Container-Read", ".r:*");
        assertThat(nobody.get(C + "/o").body()).isEqualTo("hello");
        assertThat(nobody.get(C).status()).isEqualTo(401);
        assertThat(nobody.put(C + "/p", "x").status()).isEqualTo(401);
        demo.post(C, "X-Container-Read", ".r:*,.rlistings");
        assertThat(nobody.names(C)).containsExactly("o");
        assertThat(nobody.head(C).header("X-Container-Read")).isEmpty();
        assertThat(demo.head(C).header("X-Container-Read")).isEqualTo(".r:*,.rlistings");
        demo.post(C, "X-Container-Read", ".r:.example.com");
        assertThat(nobody.get(C + "/o").status()).isEqualTo(401);
        assertThat(nobody.get(C + "/o", "Referer", "http://www.example.com/a").status())
                .isEqualTo(200);
    }

    @Test
    void lists_nameProjectsAndUsers_byIdOrName() {
        for (var who : new String[] {
            OTHER_PROJECT + ":other-id", OTHER_PROJECT + ":*", "*:other-id", "*:*", "other-project:other"
        }) {
            demo.post(C, "X-Container-Read", who);
            assertThat(other.get(C + "/o").status()).as(who).isEqualTo(200);
            assertThat(other.put(C + "/w", "x").status()).as(who).isEqualTo(403);
        }
        for (var who : new String[] {OTHER_PROJECT, OTHER_PROJECT + ":somebody", "member", "wrong:other-id"}) {
            demo.post(C, "X-Container-Read", who);
            assertThat(other.get(C + "/o").status()).as(who).isEqualTo(403);
        }
        demo.post(C, "X-Remove-Container-Read", "x", "X-Container-Write", OTHER_PROJECT + ":*");
        assertThat(other.put(C + "/w", "x").status()).isEqualTo(201);
        assertThat(other.delete(C + "/w").status()).isEqualTo(204);
        assertThat(other.get(C + "/o").status()).isEqualTo(403);
        assertThat(other.delete(C).status()).isEqualTo(403);
        assertThat(other.post(C, "X-Container-Read", ".r:*").status()).isEqualTo(403);
    }

    @Test
    void lists_nameRolesOfTheOwnProject() {
        demo.post(C, "X-Container-Read", "guest");
        assertThat(house.as("nobody").get(C + "/o").status()).isEqualTo(200);
    }
}
