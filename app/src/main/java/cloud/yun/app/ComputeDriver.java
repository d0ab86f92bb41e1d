package cloud.yun.app;

import cloud.yun.compute.driver.SimulatedHypervisor.Size;
import cloud.yun.kernel.config.Config;
import java.util.Map;
import java.util.Optional;

/// Which hypervisor the configuration means, in Nova's names.
///
/// @param simulated how large the host claims to be; empty when it is a real one
record ComputeDriver(Optional<Size> simulated) {
    private static final String LIBVIRT = "libvirt.LibvirtDriver";
    private static final Map<String, Size> FAKES = Map.of(
            "fake.FakeDriver", Size.LARGE,
            "fake.MediumFakeDriver", new Size(10, 8192, 1028),
            "fake.SmallFakeDriver", new Size(2, 8192, 1028));

    /// @throws Config.Wrong there is no such driver; says its name and those that there are
    static ComputeDriver of(Config config) {
        var name = config.get(YunOptions.COMPUTE_DRIVER);
        var fake = Optional.ofNullable(FAKES.get(name));
        if (!name.isEmpty() && !name.equals(LIBVIRT) && fake.isEmpty())
            throw new Config.Wrong("[DEFAULT] compute_driver = " + name + " is not supported; use " + LIBVIRT
                    + ", or to simulate one of "
                    + FAKES.keySet().stream().sorted().toList() + ".");
        // Whoever starts with --simulated may do so with the nova.conf of a real host.
        return new ComputeDriver(
                fake.or(() -> config.get(YunOptions.SIMULATED) ? Optional.of(Size.LARGE) : Optional.empty()));
    }
}
