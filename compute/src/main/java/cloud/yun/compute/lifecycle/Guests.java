package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.ServerVolumes.Attachment;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.network.ServerPorts.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says what a server's guest must be, in the driver's words, from what the rooms have written down.
public final class Guests {
    private record Parts(Server server, List<Port> ports, List<Disk> disks, Optional<Image> image) {}

    private final Wiring w;

    public Guests(Wiring wiring) {
        this.w = wiring;
    }

    /// @throws Unavailable a volume of it has no connection yet
    public Guest of(String serverId) {
        var parts = w.db().read(tx -> {
            var server = new ServerStore(tx).require(serverId);
            return new Parts(server, w.ports().ofServer(tx, serverId), disks(tx, serverId), image(tx, server));
        });
        var server = parts.server();
        var flavor = server.flavor();
        return new Guest(
                server.id(),
                server.instanceName(),
                server.name(),
                server.projectId(),
                server.userId(),
                flavor.vcpus(),
                flavor.ramMib(),
                server.bootsFromVolume() ? 0 : flavor.diskGib(),
                server.wanted().ephemeralGib(),
                server.wanted().swapMib(),
                parts.image(),
                server.wanted().rootDevice(),
                parts.ports().stream().map(Guests::nic).toList(),
                parts.disks(),
                server.configDrive() ? w.configDrive().apply(serverId) : Map.of(),
                properties(server));
    }

    public static Nic nic(Port port) {
        return new Nic(port.id(), port.mac(), port.tap(), port.mtu());
    }

    /// @throws Unavailable the image is gone
    Optional<Image> image(Tx tx, Server server) {
        return server.imageId().map(id -> {
            var image = w.images()
                    .find(tx, Owner.of(server, ""), id)
                    .orElseThrow(() -> new Unavailable("Image " + id + " could not be found.", "image is gone", null));
            return new Image(id, w.images().data(id), image.diskFormat());
        });
    }

    private List<Disk> disks(Tx tx, String serverId) {
        var found = new ArrayList<Disk>();
        for (var volume : new VolumeStore(tx).of(serverId)) {
            var connection = w.volumes().attachment(tx, volume.attachmentId()).flatMap(Attachment::connection);
            // Not connected: an attach that is still at work, which brings it to the guest by itself.
            connection.ifPresent(c -> found.add(disk(volume, c)));
        }
        return found;
    }

    static Disk disk(ServerVolume volume, cloud.yun.blockstorage.ServerVolumes.Connection connection) {
        return new Disk(volume.volumeId(), volume.device(), connection, volume.bootIndex());
    }

    /// The flavor decides where both say something.
    private static Map<String, String> properties(Server server) {
        var all = new LinkedHashMap<>(server.wanted().imageProperties());
        all.putAll(server.flavor().extraSpecs());
        return all;
    }
}
