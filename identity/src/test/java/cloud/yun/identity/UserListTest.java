package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
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

    private static final List<String> PARTS =
            List.of("a", "B", "c", "%", "_", "\\", "\"", "'", "雲", "é", "😀", " ", "-", "7", "AND", "zz", "Ab");

    private static String word(Random random, int partsMax) {
        var word = new StringBuilder();
        for (int i = random.nextInt(1, partsMax + 1); i > 0; i--)
            word.append(PARTS.get((int) (PARTS.size() * Math.pow(random.nextDouble(), 2))));
        return word.toString();
    }

    /// Without case for ASCII only: what is beyond depends on the database.
    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static final Map<String, BiPredicate<String, String>> COMPARATORS = Map.of(
            "contains",
            String::contains,
            "startswith",
            String::startsWith,
            "endswith",
            String::endsWith,
            "icontains",
            (name, part) -> lower(name).contains(lower(part)),
            "istartswith",
            (name, part) -> lower(name).startsWith(lower(part)),
            "iendswith",
            (name, part) -> lower(name).endsWith(lower(part)));

    private static List<String> matching(Collection<String> names, String comparator, String part) {
        return names.stream()
                .filter(name -> COMPARATORS.get(comparator).test(name, part))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// Many users, so that some parts are rare and others not; then some change their names and some go.
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_underAFilterOnAPartOfTheName_isExact(String kind) {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            fill(house);
            var random = new Random(19);
            var names = new TreeMap<String, String>();
            for (int i = 0; i < 300; i++) names.put("%032x".formatted(i), word(random, 9) + i);
            house.db.write(tx -> names.forEach(
                    (id, name) -> tx.update("UPDATE identity_user SET name = ?, enabled = 0 WHERE id = ?", name, id)));
            for (int i = 0; i < 20; i++) {
                var id = "%032x".formatted(i * 7);
                names.remove(id);
                assertThat(house.as(admin, "DELETE", "/v3/users/" + id).status())
                        .isEqualTo(204);
            }
            for (int i = 0; i < 150; i++) {
                var comparator = COMPARATORS.keySet().stream().sorted().toList().get(i % 6);
                var part = word(random, 3);
                var path =
                        "/v3/users?enabled=false&domain_id=default&limit=100&name__" + comparator + "=" + encoded(part);
                var expected = matching(names.values(), comparator, part);
                assertThat(walk(house, admin, path).stream()
                                .filter(name -> !name.startsWith("user-"))
                                .toList())
                        .as(path)
                        .containsExactlyElementsOf(expected);
            }
            // Each filter alone, and many users who match.
            assertThat(walk(house, admin, "/v3/users?limit=1000&name__contains=user-"))
                    .hasSize(USERS - 300);
            assertThat(walk(house, admin, "/v3/users?limit=1000&name__istartswith=USER-1&name__endswith=99"))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, USERS)
                            .filter(i -> i * 7_919 % USERS >= 300)
                            .mapToObj(i -> "user-" + i)
                            .filter(name -> name.startsWith("user-1") && name.endsWith("99"))
                            .toList());
            assertThat(walk(house, admin, "/v3/users?name__contains=" + encoded("雲".repeat(200))))
                    .isEmpty();
            assertThat(walk(
                            house,
                            admin,
                            "/v3/users?name__contains=user-77&password_expires_at=lt:2100-01-01T00:00:00Z"))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, USERS)
                            .filter(i -> i % 3 == 0 && i * 7_919 % USERS >= 300)
                            .mapToObj(i -> "user-" + i)
                            .filter(name -> name.contains("user-77"))
                            .toList());
        }
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
