package cloud.yun.blockstorage.golden;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.TestCloud;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
    @TempDir
    Path directory;

    @Test
    void create_whenBlank_endsAvailable() {
        try (var cloud = TestCloud.simulated(directory)) {
            var id = cloud.available("\"size\": 1, \"name\": \"a\"");
            assertThat(cloud.violations()).isEmpty();
            assertThat(cloud.call("DELETE", "/v3/volumes/" + id, null).status()).isEqualTo(202);
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("gone");
            assertThat(cloud.violations()).isEmpty();
        }
    }
}
