package cloud.yun.blockstorage.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.error.CloudException.Unavailable;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulatedVolumeDriverTest extends VolumeDriverContract {
    private final SimulatedVolumeDriver driver = new SimulatedVolumeDriver(100);

    @Override
    VolumeDriver driver() {
        return driver;
    }

    @Override
    void write(String volumeId, String text) {
        driver.write(volumeId, text);
    }

    @Override
    String content(String volumeId) {
        return driver.content(volumeId);
    }

    @Override
    int sizeGib(String volumeId) {
        return driver.sizeGib(volumeId);
    }

    @Test
    void faults_whenSet_failTheseCallsOnly() {
        driver.faults("create"::equals);
        assertThatThrownBy(() -> driver.create(A, 1)).isInstanceOf(Unavailable.class);
        driver.faults(_ -> false);
        driver.create(A, 1);
        assertThat(driver.inventory().volumes()).containsExactly(A);
    }

    @Test
    void delay_whenSet_isTaken() {
        driver.delay(Duration.ofMillis(30));
        long begun = System.nanoTime();
        driver.create(A, 1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
    }

    @Test
    void remember_afterARestart_hasTheVolumesAgain() {
        driver.remember(Map.of(A, 2), Map.of(S, 1));
        assertThat(driver.sizeGib(A)).isEqualTo(2);
        assertThat(driver.inventory().snapshots()).containsExactly(S);
    }
}
