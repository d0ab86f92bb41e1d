package cloud.yun.app;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.compute.driver.libvirt.LibvirtHypervisor;
import cloud.yun.compute.driver.libvirt.LibvirtOptions;
import cloud.yun.host.daemons.LibvirtDaemons;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.config.Config;
import cloud.yun.network.NetworkModule;
import cloud.yun.network.driver.NetworkDriver;
import cloud.yun.network.linuxbridge.LinuxBridgeConfig;
import cloud.yun.network.linuxbridge.LinuxBridgeDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Libvirt guests, Linux bridges and volumes in files, on this host.
record RealDrivers(NetworkDriver network, Map<String, VolumeDriver> volumes, LibvirtHypervisor hypervisor)
        implements Drivers {
    private static final Logger LOG = LoggerFactory.getLogger(RealDrivers.class);
    private static final String MARK = "run/real";

    static RealDrivers of(Kernel kernel) {
        var commands = Commands.system();
        var data = kernel.data();
        try {
            Files.createDirectories(data.resolve("run"));
            Files.writeString(data.resolve(MARK), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RealDrivers(
                NetworkModule.driver(kernel.config(), data, commands),
                BlockStorageModule.fileDrivers(kernel),
                hypervisor(kernel.config(), data, commands, kernel.clock()));
    }

    private static LibvirtHypervisor hypervisor(Config config, Path data, Commands commands, Clock clock) {
        var daemons = daemons(data);
        return new LibvirtHypervisor(
                LibvirtOptions.of(config, data.resolve("compute"), commands), daemons::start, commands, clock);
    }

    private static LibvirtDaemons daemons(Path data) {
        return LibvirtDaemons.shared(data.resolve("libvirt"));
    }

    /// Guests and networks go on without us.
    @Override
    public void close() {
        hypervisor.close();
    }

    /// Removes the guests, networks and daemons of a stopped cloud. Its files are the launcher's to remove.
    ///
    /// @param data directory of the cloud; nothing is done when it never had real drivers
    static void purge(Config config, Path data) {
        if (!Files.exists(data.resolve(MARK))) return;
        var commands = Commands.system();
        var hypervisor = hypervisor(config, data, commands, Clock.systemUTC());
        try (hypervisor) {
            removeGuests(hypervisor);
        }
        new LinuxBridgeDriver(
                        commands,
                        LinuxBridgeConfig.from(config, data.resolve("network"), NetworkModule.metadataSocket(data)))
                .purge();
        daemons(data).stop();
    }

    private static void removeGuests(LibvirtHypervisor hypervisor) {
        for (var server : hypervisor.guests().keySet()) {
            LOG.info("removing guest {}", server);
            hypervisor.destroy(server);
            hypervisor.deleteDisks(server);
        }
    }
}
