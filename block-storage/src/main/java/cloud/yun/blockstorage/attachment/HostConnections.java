package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.ServerVolumes.Connection;
import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.Command.Source;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.util.Optional;

/// The effects of attaching on the back end. Both can be repeated.
final class HostConnections {
    private record Place(String volumeId, String pool, boolean shared) {}

    private final Database db;
    private final Backends backends;

    HostConnections(Database db, Backends backends) {
        this.db = db;
        this.backends = backends;
    }

    /// Lets the host open the volume. The back end's answer is kept with the attachment; asked again it says the
    /// same.
    Connection connect(String attachmentId, String host) {
        var place = place(attachmentId, host).orElseThrow(() -> AttachmentRules.notFound(attachmentId));
        var connection = backends.initializeConnection(place.pool(), place.volumeId(), host);
        db.write(tx -> new AttachmentStore(tx).connected(attachmentId, connection, Optional.of(host)));
        return connection;
    }

    /// The host can no longer open the volume, unless another attachment still needs that. Succeeds when the
    /// attachment is gone.
    void disconnect(String attachmentId, String host) {
        place(attachmentId, host).ifPresent(place -> {
            if (!place.shared()) backends.terminateConnection(place.pool(), place.volumeId(), host);
        });
    }

    /// A back end makes what it has already only once, and copies the image into it each time.
    void reimage(String volumeId, String imageId, String imageFormat) {
        var v = db.read(tx -> new VolumeStore(tx).find(volumeId)).orElseThrow(() -> new NotFound("Volume", volumeId));
        var pool = v.host()
                .orElseThrow(() -> new Unavailable("Volume " + v.id() + " is on no back end.", "no host", null));
        backends.createVolume(pool, v.id(), v.sizeGib(), new Source("image", imageId, "", imageFormat));
    }

    private Optional<Place> place(String attachmentId, String host) {
        return db.read(tx -> {
            var store = new AttachmentStore(tx);
            return store.find(attachmentId).map(a -> {
                var v = new VolumeStore(tx).find(a.volumeId()).orElseThrow(() -> new NotFound("Volume", a.volumeId()));
                boolean shared = store.ofVolume(a.volumeId()).stream()
                        .anyMatch(o -> !o.id().equals(attachmentId)
                                && o.host().filter(host::equals).isPresent());
                var pool = v.host()
                        .orElseThrow(
                                () -> new Unavailable("Volume " + v.id() + " is on no back end.", "no host", null));
                return new Place(v.id(), pool, shared);
            });
        });
    }
}
