package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages of users: each user once, whatever the filter; and none so long that it would not fit into memory.
class UserListTest {
    private static final int USERS = 2_345;

    @TempDir
    Path directory;

    private static void fill(House house) {
        house.db.write(tx -> {
            for (int i = 0; i < USERS; i++)
                tx.update(
                        """
                        INSERT INTO identity_user (id, domain_id, name, enabled, extra, options, created_at,
                                                   failed_auth_count, password_expires_at)
                        VALUES (?, 'default', ?, ?, '{}', '{}', 0, 0, ?)
                        """,
                        "%032x".formatted(i * 7_919 % USERS),
                        "user-" + i,
                        i % 5 != 0,
                        i % 3 == 0
                                ? java.util.Optional.of(1_700_000_000_000_000L + i % 10 * 1_000_000L)
                                : java.util.Optional.empty());
        });
    }

    private static List<String> walk(House house, String token, String path) {
        var seen = new ArrayList<String>();
        var next = path;
        while (!next.isEmpty()) {
            var page = house.as(token, "GET", next);
            assertThat(page.status()).as(page.body().toString()).isEqualTo(200);
            var ids = page.body().get("users").findValuesAsString("name");
            assertThat(ids).hasSizeLessThanOrEqualTo(1_000);
            seen.addAll(ids);
            var link = page.body().at("/links/next").asString("");
            assertThat(page.body().path("truncated").asBoolean(false)).isEqualTo(!link.isEmpty());
            next = link.isEmpty() ? "" : link.substring(link.indexOf("/v3/"));
        }
        return seen;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_whenWalkedPageByPage_hasEachUserOnce(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            int before = walk(house, admin, "/v3/users").size();
            fill(house);
            var all = walk(house, admin, "/v3/users");
            assertThat(all).hasSize(USERS + before).doesNotHaveDuplicates();
            assertThat(walk(house, admin, "/v3/users?limit=100")).containsExactlyElementsOf(all);
            assertThat(walk(house, admin, "/v3/users?limit=100&enabled=false"))
                    .hasSize(USERS / 5)
                    .doesNotHaveDuplicates();
            assertThat(walk(house, admin, "/v3/users?limit=50&domain_id=default&enabled=true"))
                    .hasSize(USERS - USERS / 5 + before)
                    .doesNotHaveDuplicates();
            // Many end in the same second: the id goes on where the time cannot.
            var ending = walk(house, admin, "/v3/users?limit=7&password_expires_at=lte:2023-11-14T22:13:24Z");
            assertThat(ending).doesNotHaveDuplicates().hasSize((int) java.util.stream.IntStream.range(0, USERS)
                    .filter(i -> i % 3 == 0 && i % 10 <= 4)
                    .count());
            var some = "&domain_id=default&enabled=true";
            assertThat(walk(house, admin, "/v3/users?limit=7&password_expires_at=lte:2023-11-14T22:13:24Z" + some))
                    .doesNotHaveDuplicates()
                    .hasSize((int) java.util.stream.IntStream.range(0, USERS)
                            .filter(i -> i % 3 == 0 && i % 10 <= 4 && i % 5 != 0)
                            .count());
            assertThat(walk(house, admin, "/v3/users?name__iexact=USER-777")).containsExactly("user-777");
            assertThat(walk(house, admin, "/v3/users?name__startswith=user-234&limit=5"))
                    .hasSize(6)
                    .doesNotHaveDuplicates();
            assertThat(walk(house, admin, "/v3/users?name=user-9")).containsExactly("user-9");
        }
    }
}
