package cloud.yun.app;

import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.driver.SimulatedHypervisor;
import cloud.yun.kernel.Kernel;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.driver.SimulatedNetworkDriver;

/// What acts on this host: real guests, networks and volumes, or simulated ones.
///
/// The simulated drivers need no privileges and no host. They are chosen together, because a simulated guest has
/// no use for a real tap.
interface Drivers extends AutoCloseable {
    NetworkDriver network();

    VolumeDriver volumes();

    HypervisorDriver hypervisor();

    /// Guests and networks stay as they are.
    @Override
    void close();

    static Drivers of(Kernel kernel) {
        return kernel.config().get(YunOptions.SIMULATED) ? new Simulated(kernel) : RealDrivers.of(kernel);
    }

    /// As large as anybody may want in a test.
    record Simulated(NetworkDriver network, VolumeDriver volumes, HypervisorDriver hypervisor) implements Drivers {
        private static final double VOLUME_GIB = 1_000_000;

        Simulated(Kernel kernel) {
            this(
                    new SimulatedNetworkDriver(),
                    new SimulatedVolumeDriver(VOLUME_GIB),
                    new SimulatedHypervisor(kernel.host(), SimulatedHypervisor.Size.LARGE, kernel.clock()));
        }

        @Override
        public void close() {}
    }
}
