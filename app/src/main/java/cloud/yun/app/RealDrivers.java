package cloud.yun.app;

import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.kernel.Kernel;
import cloud.yun.network.driver.NetworkDriver;

/// Libvirt guests, Linux bridges and volumes in files, on this host.
final class RealDrivers implements Drivers {
    RealDrivers(Kernel kernel) {
        throw new IllegalStateException("not wired yet");
    }

    @Override
    public NetworkDriver network() {
        throw new IllegalStateException("not wired yet");
    }

    @Override
    public VolumeDriver volumes() {
        throw new IllegalStateException("not wired yet");
    }

    @Override
    public HypervisorDriver hypervisor() {
        throw new IllegalStateException("not wired yet");
    }

    @Override
    public void close() {}
}
