package cloud.yun.app;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.compute.driver.SimulatedHypervisor;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.simulation.Conditions;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.driver.SimulatedNetworkDriver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What acts on this host: real guests, networks and volumes, or simulated ones.
///
/// The simulated drivers need no privileges and no host. They are chosen together, because a simulated guest has
/// no use for a real tap.
interface Drivers extends AutoCloseable {
    NetworkDriver network();

    /// By the name of their back end.
    Map<String, VolumeDriver> volumes();

    HypervisorDriver hypervisor();

    /// Guests and networks stay as they are.
    @Override
    void close();

    /// @param conditions under which simulated drivers work
    static Drivers of(Kernel kernel, Conditions conditions) {
        var size = ComputeDriver.of(kernel.config()).simulated();
        if (size.isEmpty()) return RealDrivers.of(kernel);
        var simulated = new Simulated(kernel, conditions, size.get());
        conditions.configure(kernel.config());
        return simulated;
    }

    /// As large as anybody may want in a test.
    record Simulated(NetworkDriver network, Map<String, VolumeDriver> volumes, HypervisorDriver hypervisor)
            implements Drivers {
        private static final double VOLUME_GIB = 1_000_000;

        Simulated(Kernel kernel, Conditions conditions, SimulatedHypervisor.Size size) {
            this(
                    conditions.around(new SimulatedNetworkDriver(), NetworkDriver.class, "network"),
                    volumes(kernel, conditions),
                    conditions.around(
                            new SimulatedHypervisor(
                                    kernel.host(),
                                    size,
                                    kernel.clock(),
                                    Optional.of(kernel.data().resolve("compute/simulated"))),
                            HypervisorDriver.class,
                            "compute"));
        }

        private static Map<String, VolumeDriver> volumes(Kernel kernel, Conditions conditions) {
            var found = new LinkedHashMap<String, VolumeDriver>();
            for (var name : BlockStorageModule.backends(kernel.config()))
                found.put(name, conditions.around(new SimulatedVolumeDriver(VOLUME_GIB), VolumeDriver.class, "volume"));
            return found;
        }

        @Override
        public void close() {}
    }
}
