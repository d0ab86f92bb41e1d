package cloud.yun.compute.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class MigrationsTest {
    private static TestCloud cloud(String kind) {
        return kind.equals("sqlite") ? TestCloud.sqlite() : TestCloud.postgresql("", 1);
    }

    private static String server(TestCloud cloud, ComputeApi api, String user) throws InterruptedException {
        var id = api.post(user, "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(cloud.image()))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
        return id;
    }

    private static List<String> uuids(JsonNode body) {
        return body.path("migrations")
                .valueStream()
                .map(m -> m.path("uuid").asString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_filtersPagesAndShowsWhatTheMicroversionHas(String kind) throws InterruptedException {
        try (var cloud = cloud(kind);
                var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
            var demo = server(cloud, api, "demo");
            var admin = server(cloud, api, "admin");
            for (var id : List.of(demo, admin))
                for (var action : List.of("{'resize': {'flavorRef': '2'}}", "{'revertResize': null}")) {
                    assertThat(api.post("admin", "2.1", "/v2.1/servers/" + id + "/action", action)
                                    .status())
                            .isEqualTo(202);
                    cloud.idle();
                }
            assertThat(api.post("admin", "2.56", "/v2.1/servers/" + admin + "/action", "{'migrate': null}")
                            .status())
                    .isEqualTo(202);
            cloud.idle();

            assertThat(api.get("demo", "2.1", "/v2.1/os-migrations").status()).isEqualTo(403);
            var old = api.get("admin", "2.1", "/v2.1/os-migrations?limit=1")
                    .body()
                    .path("migrations");
            assertThat(old.size()).as("no pages yet").isEqualTo(3);
            assertThat(old.get(2).propertyNames())
                    .containsExactlyInAnyOrder(
                            "id",
                            "status",
                            "instance_uuid",
                            "source_node",
                            "source_compute",
                            "dest_node",
                            "dest_compute",
                            "dest_host",
                            "old_instance_type_id",
                            "new_instance_type_id",
                            "created_at",
                            "updated_at");
            assertThat(old.get(2).path("status").asString()).isEqualTo("reverted");
            assertThat(old.get(2).path("old_instance_type_id").asInt()).isPositive();
            var all = api.get("admin", "2.80", "/v2.1/os-migrations").body();
            assertThat(all.path("migrations").get(0).path("migration_type").asString())
                    .isEqualTo("migration");
            assertThat(all.path("migrations").get(0).path("status").asString()).isEqualTo("error");
            assertThat(all.path("migrations").get(0).has("project_id")).isTrue();
            var page = api.get("admin", "2.59", "/v2.1/os-migrations?limit=1").body();
            assertThat(uuids(page)).containsExactly(uuids(all).get(0));
            assertThat(page.path("migrations_links").get(0).path("href").asString())
                    .contains("marker=" + uuids(all).get(0));
            assertThat(uuids(api.get(
                                    "admin",
                                    "2.59",
                                    "/v2.1/os-migrations?limit=1&marker="
                                            + uuids(all).get(0))
                            .body()))
                    .containsExactly(uuids(all).get(1));
            assertThat(api.get("admin", "2.59", "/v2.1/os-migrations?marker=" + UUID.randomUUID())
                            .status())
                    .isEqualTo(400);
            assertThat(api.get("admin", "2.59", "/v2.1/os-migrations?nosuch=1").status())
                    .isEqualTo(400);
            assertThat(api.get("admin", "2.59", "/v2.1/os-migrations?changes-before=2020-01-01T00:00:00Z")
                            .status())
                    .isEqualTo(400);
            for (var query : List.of(
                    "instance_uuid=" + demo,
                    "status=reverted&instance_uuid=" + demo,
                    "migration_type=resize&instance_uuid=" + admin,
                    "migration_type=migration",
                    "changes-since=2020-01-01T00:00:00Z&migration_type=migration",
                    "host=host1&instance_uuid=" + demo,
                    "source_compute=host1&status=error"))
                assertThat(uuids(api.get("admin", "2.80", "/v2.1/os-migrations?" + query)
                                .body()))
                        .as(query)
                        .hasSize(1);
            for (var query : List.of(
                    "hidden=1",
                    "status=nosuch",
                    "host=nosuch",
                    "changes-before=2020-01-01T00:00:00Z",
                    "project_id=nosuch",
                    "user_id=nosuch"))
                assertThat(uuids(api.get("admin", "2.80", "/v2.1/os-migrations?" + query)
                                .body()))
                        .as(query)
                        .isEmpty();
            var path = "/v2.1/servers/" + admin + "/migrations";
            assertThat(uuids(api.get("admin", "2.23", path).body())).isEmpty();
            assertThat(api.get("admin", "2.23", path + "/" + uuids(all).get(0)).message())
                    .endsWith("is not live-migration.");
            assertThat(api.get("admin", "2.23", path + "/77").status()).isEqualTo(404);
            assertThat(api.delete("admin", "2.24", path + "/77").status()).isEqualTo(409);
            assertThat(api.post("admin", "2.22", path + "/77/action", "{'force_complete': null}")
                            .status())
                    .isEqualTo(409);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void everyMove_isInTheTableOrRefused(String kind) throws InterruptedException {
        try (var cloud = cloud(kind);
                var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
            var server = cloud.server(server(cloud, api, "demo"));
            var now = Instant.ofEpochSecond(1_800_000_000);
            for (var from : MigrationStatus.values())
                for (var event : MigrationStatus.Event.values()) {
                    var m = new Migration(
                            0,
                            UUID.randomUUID().toString(),
                            server.id(),
                            Migration.Type.RESIZE,
                            from,
                            "host1",
                            Optional.empty(),
                            VmState.ACTIVE,
                            Shape.of(server),
                            Shape.of(server),
                            1,
                            1,
                            false,
                            "p",
                            "u",
                            "req-1",
                            now,
                            now);
                    cloud.db.write(tx -> new MigrationStore(tx).insert(m));
                    var to = MigrationStatus.TABLE.next(from, event);
                    if (to.isEmpty())
                        assertThatThrownBy(() -> cloud.db.write(tx -> new MigrationStore(tx).move(m.id(), event, now)))
                                .isInstanceOf(Conflict.class);
                    else {
                        cloud.db.write(tx -> new MigrationStore(tx).move(m.id(), event, now));
                        assertThat(cloud.db
                                        .read(tx -> new MigrationStore(tx).require(m.id()))
                                        .status())
                                .isEqualTo(to.get());
                    }
                }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    void liveMigration_withoutAnotherHost_isRefusedInNovasWords(String kind) throws InterruptedException {
        try (var cloud = cloud(kind);
                var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
            var path = "/v2.1/servers/" + server(cloud, api, "demo") + "/action";
            var old = "{'os-migrateLive': {'host': %s, 'block_migration': true, 'disk_over_commit': false}}";
            assertThat(api.post("admin", "2.1", path, old.formatted("null")).message())
                    .isEqualTo("No valid host was found. There are not enough hosts available.");
            assertThat(api.post("admin", "2.1", path, old.formatted("null")).status())
                    .isEqualTo(400);
            assertThat(api.post("admin", "2.1", path, old.formatted("'nosuch'")).message())
                    .isEqualTo("Compute host nosuch could not be found.");
            assertThat(api.post("admin", "2.1", path, old.formatted("'host1'")).message())
                    .startsWith("Unable to migrate instance");
            assertThat(api.post("admin", "2.34", path, "{'os-migrateLive': {'host': null, 'block_migration': 'auto'}}")
                            .status())
                    .isEqualTo(202);
            assertThat(api.post("demo", "2.1", path, old.formatted("null")).status())
                    .isEqualTo(403);
        }
    }
}
