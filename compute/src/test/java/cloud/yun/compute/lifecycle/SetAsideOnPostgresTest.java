package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SetAsideOnPostgresTest {
    @Test
    void everyAction_onPostgres_doesWhatItDoesOnSqlite() throws Exception {
        try (var c = SetAsideCloud.postgresql()) {
            var id = c.server();
            c.done(id, "{'createImage': {'name': 'copy'}}");
            for (var name : List.of("one", "two"))
                c.done(id, "{'createBackup': {'name': '" + name + "', 'backup_type': 'daily', 'rotation': 1}}");
            assertThat(c.images(id)).hasSize(2);
            c.done(id, "{'shelve': null}");
            c.is(id, "SHELVED_OFFLOADED");
            assertThat(c.images(id)).hasSize(3);
            assertThat(c.act("demo", "2.77", id, "{'unshelve': {'availability_zone': 'nova'}}")
                            .status())
                    .isEqualTo(202);
            c.cloud.idle();
            c.is(id, "ACTIVE");
            assertThat(c.act("demo", "2.1", id, "{'rescue': null}").status()).isEqualTo(200);
            c.cloud.idle();
            c.is(id, "RESCUE");
            assertThat(c.cloud.violations()).isEmpty();
            c.done(id, "{'unrescue': null}");
            c.done(id, "{'shelve': null}");
            c.delete(id);
            assertThat(c.images(id)).hasSize(2);
            assertThat(c.cloud.remains()).isEmpty();

            var onVolume = c.volumeServer();
            var attachments = "/v2.1/servers/" + onVolume + "/os-volume_attachments";
            var attached = c.api.get("demo", "2.1", attachments).body().path("volumeAttachments");
            var volume = attached.path(0).path("volumeId").asString();
            assertThat(c.api.get("demo", "2.1", attachments + "/" + volume).status())
                    .isEqualTo(200);
            c.done(onVolume, "{'createImage': {'name': 'copy'}}");
            assertThat(c.images(onVolume)).hasSize(1);
            c.done(onVolume, "{'shelve': null}");
            c.is(onVolume, "SHELVED_OFFLOADED");
            c.delete(onVolume);
            assertThat(c.cloud.remains()).isEmpty();
        }
    }
}
