package cloud.yun.compute.driver;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

class SimulatedHypervisorContractTest extends HypervisorContract {
    private final SimulatedHypervisor driver =
            new SimulatedHypervisor("sim", SimulatedHypervisor.Size.LARGE, Clock.systemUTC());

    @Override
    protected HypervisorDriver driver() {
        return driver;
    }

    @Override
    protected String hypervisor() {
        return "simulated";
    }

    @Override
    protected Image image() {
        return new Image("img", Path.of("/nowhere"), "raw");
    }

    @Override
    protected Disk volume() {
        return new Disk("vol", "/dev/vdb", new Connection("simulated", Map.of()), -1);
    }

    @Override
    protected Nic nic() {
        return new Nic("port", "fa:16:3e:00:00:01", "tap0", 1450);
    }
}
