package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.ServerVolumes.Attachment;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.network.ServerPorts.Port;
import java.nio.file.Path;
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
        return of(serverId, Optional.empty());
    }

    /// @return the server's guest as it is with another flavor
    Guest of(String serverId, Shape shape) {
        return of(serverId, Optional.of(shape));
    }

    private Guest of(String serverId, Optional<Shape> other) {
        var parts = w.db().read(tx -> {
            var server = new ServerStore(tx).require(serverId);
            return new Parts(server, w.ports().ofServer(tx, serverId), disks(tx, serverId), cached(tx, server));
        });
        var server = parts.server();
        var shape = other.orElseGet(() -> Shape.of(server));
        var flavor = shape.flavor();
        return new Guest(
                server.id(),
                server.instanceName(),
                server.name(),
                server.projectId(),
                server.userId(),
                flavor.vcpus(),
                flavor.ramMib(),
                server.bootsFromVolume() ? 0 : flavor.diskGib(),
                shape.ephemeralGib(),
                shape.swapMib(),
                parts.image(),
                server.wanted().rootDevice(),
                parts.ports().stream().map(Guests::nic).toList(),
                parts.disks(),
                server.configDrive() ? w.configDrive().apply(serverId) : Map.of(),
                properties(server, flavor));
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

    /// A server outlives its image: hosts that have a copy of it go on.
    private Optional<Image> cached(Tx tx, Server server) {
        var id = server.imageId();
        boolean gone = id.isPresent()
                && w.images()
                        .find(tx, Owner.of(server, ""), id.get())
                        .filter(i -> i.status().equals("active"))
                        .isEmpty();
        return gone ? Optional.of(new Image(id.get(), Path.of("gone", id.get()), "raw")) : image(tx, server);
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
    private static Map<String, String> properties(Server server, Flavor flavor) {
        var all = new LinkedHashMap<>(server.wanted().imageProperties());
        all.putAll(flavor.extraSpecs());
        return all;
    }
}
