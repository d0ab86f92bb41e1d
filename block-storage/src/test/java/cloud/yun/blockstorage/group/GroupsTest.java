package cloud.yun.blockstorage.group;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.TestCloud;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupsTest {
    @TempDir
    Path directory;

    private void on(String dialect, Consumer<TestCloud> test) {
        try (var c = TestCloud.on(dialect, directory.resolve(dialect), new SimulatedVolumeDriver(1000))) {
            test.accept(c);
            c.settle();
            assertThat(c.violations()).isEmpty();
        }
    }

    private static String post(TestCloud c, String path, String body, String pointer) {
        var answer = c.call("POST", path, body);
        assertThat(answer.status()).as(answer.body().toString()).isBetween(200, 202);
        return answer.text(pointer);
    }

    private static String group(TestCloud c) {
        post(c, "/v3/types", "{\"volume_type\": {\"name\": \"t\"}}", "/volume_type/id");
        var type = post(c, "/v3/group_types", "{\"group_type\": {\"name\": \"gt\"}}", "/group_type/id");
        return post(
                c,
                "/v3/groups",
                "{\"group\": {\"name\": \"g\", \"group_type\": \"" + type + "\", \"volume_types\": [\"t\"]}}",
                "/group/id");
    }

    private static String member(TestCloud c, String group) {
        return c.available("\"size\": 1, \"volume_type\": \"t\", \"group_id\": \"" + group + "\"");
    }

    private static String status(TestCloud c, String kind, String id) {
        var answer = c.call("GET", "/v3/" + kind + "s/" + id, null);
        return answer.status() == 404 ? "gone" : answer.text("/" + kind + "/status");
    }

    private static int delete(TestCloud c, String group, boolean withVolumes) {
        var status = c.call(
                        "POST",
                        "/v3/groups/" + group + "/action",
                        "{\"delete\": {\"delete-volumes\": " + withVolumes + "}}")
                .status();
        c.settle();
        return status;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void life_ofAGroup_isTheLifeOfItsVolumesAndSnapshots(String dialect) {
        on(dialect, c -> {
            var group = group(c);
            var one = member(c, group);
            var two = member(c, group);
            c.driver().write(one, "first");
            c.driver().write(two, "second");
            var snapshot = post(
                    c,
                    "/v3/group_snapshots",
                    "{\"group_snapshot\": {\"group_id\": \"" + group + "\", \"name\": \"s\"}}",
                    "/group_snapshot/id");
            c.settle();
            assertThat(status(c, "group_snapshot", snapshot)).isEqualTo("available");
            var members = c.call("GET", "/v3/snapshots/detail", null).body().path("snapshots");
            assertThat(members.size()).isEqualTo(2);
            assertThat(c.call(
                                    "DELETE",
                                    "/v3/snapshots/" + members.get(0).path("id").asString(""),
                                    null)
                            .status())
                    .isEqualTo(400);
            var copy = post(
                    c,
                    "/v3/groups/action",
                    "{\"create-from-src\": {\"name\": \"c\", \"group_snapshot_id\": \"" + snapshot + "\"}}",
                    "/group/id");
            c.settle();
            assertThat(status(c, "group", copy)).isEqualTo("available");
            var copies = c.call("GET", "/v3/groups/" + copy + "?list_volume=true", null)
                    .body()
                    .at("/group/volumes");
            assertThat(copies.size()).isEqualTo(2);
            assertThat(copies.valueStream().map(v -> c.driver().content(v.asString(""))))
                    .containsExactlyInAnyOrder("first", "second");
            assertThat(delete(c, group, true)).isEqualTo(400); // it has snapshots
            assertThat(c.call("DELETE", "/v3/group_snapshots/" + snapshot, null).status())
                    .isEqualTo(202);
            c.settle();
            assertThat(status(c, "group_snapshot", snapshot)).isEqualTo("gone");
            assertThat(delete(c, group, false)).isEqualTo(400); // it has volumes
            assertThat(c.call("DELETE", "/v3/volumes/" + one, null).status()).isEqualTo(400);
            assertThat(delete(c, group, true)).isEqualTo(202);
            assertThat(delete(c, copy, true)).isEqualTo(202);
            assertThat(status(c, "group", group)).isEqualTo("gone");
            assertThat(c.status(two)).isEqualTo("gone");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    void aMemberThatFails_makesTheGroupsStatus(String dialect) {
        on(dialect, c -> {
            var group = group(c);
            var volume = member(c, group);
            c.driver().faults(call -> call.equals("createSnapshot"));
            var snapshot = post(
                    c,
                    "/v3/group_snapshots",
                    "{\"group_snapshot\": {\"group_id\": \"" + group + "\"}}",
                    "/group_snapshot/id");
            c.settle();
            assertThat(status(c, "group_snapshot", snapshot)).isEqualTo("error");
            c.driver().faults(call -> call.equals("createFromVolume"));
            var copy = post(
                    c,
                    "/v3/groups/action",
                    "{\"create-from-src\": {\"source_group_id\": \"" + group + "\"}}",
                    "/group/id");
            c.settle();
            assertThat(status(c, "group", copy)).isEqualTo("error");
            c.driver().faults(_ -> false);
            c.call("DELETE", "/v3/group_snapshots/" + snapshot, null);
            c.settle();
            c.driver().faults(call -> call.equals("delete"));
            delete(c, group, true);
            assertThat(status(c, "group", group)).isEqualTo("error_deleting");
            c.driver().faults(_ -> false);
            assertThat(delete(c, group, true)).isEqualTo(202);
            assertThat(status(c, "group", group)).isEqualTo("gone");
            assertThat(c.status(volume)).isEqualTo("gone");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite"})
    void update_addsAndRemovesVolumes(String dialect) {
        on(dialect, c -> {
            var group = group(c);
            var volume = member(c, group);
            var other = c.available("\"size\": 1");
            assertThat(c.call("DELETE", "/v3/types/" + typeId(c), null).status())
                    .isEqualTo(400);
            assertThat(update(c, group, "\"remove_volumes\": \"" + volume + "\""))
                    .isEqualTo(202);
            assertThat(update(c, group, "\"remove_volumes\": \"" + volume + "\""))
                    .isEqualTo(400);
            assertThat(update(c, group, "\"add_volumes\": \"" + other + "\"")).isEqualTo(400); // its type
            assertThat(update(c, group, "\"add_volumes\": \"" + volume + "\", \"name\": \"n\""))
                    .isEqualTo(202);
            assertThat(c.call("GET", "/v3/groups/" + group, null).text("/group/name"))
                    .isEqualTo("n");
        });
    }

    private static String typeId(TestCloud c) {
        for (var t : c.call("GET", "/v3/types", null).body().path("volume_types"))
            if (t.path("name").asString("").equals("t")) return t.path("id").asString("");
        throw new AssertionError("no type t");
    }

    private static int update(TestCloud c, String group, String inner) {
        return c.call("PUT", "/v3/groups/" + group, "{\"group\": {" + inner + "}}")
                .status();
    }
}
