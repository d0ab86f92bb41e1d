package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.fake.FlowTrial;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CreateBackupTest {
    private final SetAsideCloud c = new SetAsideCloud("", 1);

    @AfterEach
    void close() {
        c.close();
    }

    private static String body(String name, String type, int rotation) {
        return "{'createBackup': {'name': '%s', 'backup_type': '%s', 'rotation': %d}}".formatted(name, type, rotation);
    }

    private List<String> names(String id) {
        return c.images(id).stream().map(i -> c.image(i).orElseThrow().name()).toList();
    }

    @Test
    void createBackup_keepsTheNewestOfEachType() throws Exception {
        var id = c.server();
        for (int i = 1; i <= 3; i++) c.done(id, body("daily" + i, "daily", 2));
        c.done(id, body("weekly1", "weekly", 1));
        assertThat(names(id)).containsExactly("weekly1", "daily3", "daily2");
        var image = c.image(c.images(id).getFirst()).orElseThrow();
        assertThat(image.properties()).containsEntry("image_type", "backup").containsEntry("backup_type", "weekly");
        var none = c.act("demo", "2.45", id, body("gone", "daily", 0));
        assertThat(none.status()).isEqualTo(202);
        assertThat(none.body().has("image_id")).isFalse();
        c.cloud.idle();
        assertThat(names(id)).as("rotation 0 keeps none").containsExactly("weekly1");
        c.is(id, "ACTIVE");
    }

    @Test
    void createBackup_whenAskedWrongly_isRefused() throws Exception {
        var id = c.server();
        for (var rotation : List.of("-1", "'x'", "null", "''"))
            assertThat(c.act(
                                    "demo",
                                    "2.1",
                                    id,
                                    "{'createBackup': {'name': 'n', 'backup_type': 'd', 'rotation': " + rotation + "}}")
                            .status())
                    .as(rotation)
                    .isEqualTo(400);
        assertThat(c.act("demo", "2.1", id, body("n", "d", 1).replace(": 1}", ": '1'}"))
                        .status())
                .isEqualTo(202);
        c.cloud.idle();
        var answer = c.act("demo", "2.1", c.volumeServer(), body("n", "d", 1));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).isEqualTo("Backup is not supported for volume-backed instances.");
    }

    @Test
    void createBackup_whateverHappensToItsTasks_endsWholeOrNotAtAll() throws Exception {
        new FlowTrial(
                        c.cloud,
                        "server_create_backup",
                        List.of(
                                "give-up",
                                "make-image",
                                "mark-pending",
                                "copy-disk",
                                "mark-uploading",
                                "upload-image",
                                "delete-copy",
                                "rotate",
                                "settle"),
                        Set.of("delete-copy", "rotate", "settle"),
                        () -> {
                            var id = c.server();
                            c.done(id, body("old", "daily", 1));
                            return id;
                        },
                        id -> c.accepted(id, body("new", "daily", 1)),
                        id -> assertThat(names(id)).containsExactly("new"),
                        id -> assertThat(names(id)).containsExactly("old"))
                .run();
    }
}
