package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.image.image.ImageState;
import cloud.yun.kernel.config.Config;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageModuleTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gridfs", "sheepdog", "vmware"})
    @Requirement({"S3.44", "S3.47", "S3.50"})
    void start_whenAStoreIsNotSupported_isRefusedByItsName(String store) {
        for (var config : new String[] {
            "[glance_store]\nstores = file, " + store,
            "[glance_store]\ndefault_store = " + store,
            "[DEFAULT]\nenabled_backends = fast:file, odd:" + store
        })
            assertThatThrownBy(() -> new House("sqlite", directory, config).close())
                    .isInstanceOf(Config.Wrong.class)
                    .hasMessageContaining("'" + store + "' is not supported");
    }

    @Test
    @Requirement("S3.40")
    void start_whenARegistryIsNamed_keepsMetadataInTheDatabase() {
        try (var house =
                new House("sqlite", directory, "[DEFAULT]\nregistry_host = 192.0.2.1\nregistry_port = 9191\n")) {
            var client = new Client(house.serve(), "demo-token");
            client.create("x", "");
            assertThat(client.names("?name=x")).containsExactly("x");
            long rows = house.db.read(tx -> tx.number("SELECT COUNT(*) AS n FROM image WHERE name = 'x'"));
            assertThat(rows).isEqualTo(1);
        }
    }

    @Test
    void states_whenWalked_leadFromQueuedToEveryStateThatIsOurs() {
        var reached = new java.util.HashSet<ImageState>();
        reached.add(ImageState.QUEUED);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (var row : ImageState.TABLE.rows()) if (reached.contains(row.from())) grown |= reached.add(row.to());
        }
        assertThat(reached)
                .contains(ImageState.SAVING, ImageState.ACTIVE, ImageState.DEACTIVATED, ImageState.DELETED)
                .doesNotContain(ImageState.KILLED);
        // Nothing leaves a deleted image, and every other state can be deleted.
        for (var state : ImageState.values())
            assertThat(ImageState.TABLE.next(state, ImageState.Event.DELETE).isPresent())
                    .isEqualTo(state != ImageState.DELETED);
    }
}
