package cloud.yun.network.network;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.network.Cloud;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkChangeStoreTest {
    /// On PostgreSQL a flow may still hold a network that another request has just deleted.
    @Test
    void changeOfANetworkThatIsGone_isNotAnError(@TempDir Path directory) throws Exception {
        try (var cloud = Cloud.sqlite(directory)) {
            cloud.db.write(tx -> new NetworkChangeStore(tx).all("gone"));
            long serial = cloud.db.read(tx -> new NetworkChangeStore(tx).serial("gone"));
            assertThat(serial).isZero();
        }
    }
}
