package cloud.yun.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.compute.driver.SimulatedHypervisor.Size;
import cloud.yun.kernel.config.Config;
import cloud.yun.testing.Requirement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComputeDriverTest {
    private static Optional<Size> of(String text) {
        return ComputeDriver.of(Config.parse(YunOptions.ALL, text)).simulated();
    }

    @Test
    @Requirement("S2.22")
    void computeDriver_byItsNameInNova_isLibvirtOrSimulated() {
        assertThat(of("[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n")).isEmpty();
        assertThat(of("")).isEmpty();
        assertThat(of("[DEFAULT]\ncompute_driver = fake.FakeDriver\n")).contains(Size.LARGE);
        assertThat(of("[DEFAULT]\ncompute_driver = fake.SmallFakeDriver\n").map(Size::vcpus))
                .contains(2);
        assertThat(of("[DEFAULT]\ncompute_driver = fake.MediumFakeDriver\n").map(Size::vcpus))
                .contains(10);
        assertThat(of("[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n[yun]\nsimulated = true\n"))
                .contains(Size.LARGE);
    }

    @Test
    @Requirement("S3.59")
    void computeDriver_thatThereIsNot_stopsTheStartWithItsName() {
        for (var name : List.of("xenapi.XenAPIDriver", "vmwareapi.VMwareVCDriver", "zz"))
            assertThatThrownBy(() -> of("[DEFAULT]\ncompute_driver = " + name + "\n"))
                    .isInstanceOf(Config.Wrong.class)
                    .hasMessageStartingWith("[DEFAULT] compute_driver = " + name + " is not supported; use libvirt");
    }
}
