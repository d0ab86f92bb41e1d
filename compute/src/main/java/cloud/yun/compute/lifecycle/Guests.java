package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.ServerVolumes.Attachment;
import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.driver.HypervisorDriver.Rescue;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
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

    /// @return what the root disk is made of: the image, or what the server was kept as on the shelf
    /// @throws Unavailable the image is gone
    Optional<Image> image(Tx tx, Server server) {
        return disk(tx, server)
                .map(id -> find(tx, server, id)
                        .orElseThrow(
                                () -> new Unavailable("Image " + id + " could not be found.", "image is gone", null)));
    }

    /// A server outlives its image: hosts that have a copy of it go on.
    private Optional<Image> cached(Tx tx, Server server) {
        return disk(tx, server)
                .map(id -> find(tx, server, id).orElseGet(() -> new Image(id, Path.of("gone", id), "raw")));
    }

    private static Optional<String> disk(Tx tx, Server server) {
        return server.imageId()
                .map(original -> new ShelfStore(tx)
                        .find(server.id())
                        .flatMap(ShelfStore.Shelved::imageId)
                        .orElse(original));
    }

    private Optional<Image> find(Tx tx, Server server, String id) {
        return w.images()
                .find(tx, Owner.of(server, ""), id)
                .filter(i -> i.status().equals("active"))
                .map(i -> new Image(id, w.images().data(id), i.diskFormat()));
    }

    /// @return what the server is rescued with
    /// @throws Conflict it is not rescued
    /// @throws Unavailable the image is gone
    Rescue rescue(String serverId) {
        return w.db().read(tx -> {
            var server = new ServerStore(tx).require(serverId);
            var rescued = new RescueStore(tx)
                    .find(serverId)
                    .orElseThrow(() -> new Conflict("Instance " + serverId + " is not rescued."));
            var image = w.images()
                    .find(tx, Owner.of(server, ""), rescued.imageId())
                    .orElseThrow(() -> new Unavailable(
                            "Image " + rescued.imageId() + " could not be found.", "rescue image is gone", null));
            return new Rescue(
                    new Image(image.id(), w.images().data(image.id()), image.diskFormat()), image.properties());
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
    private static Map<String, String> properties(Server server, Flavor flavor) {
        var all = new LinkedHashMap<>(server.wanted().imageProperties());
        all.putAll(flavor.extraSpecs());
        return all;
    }
}
