package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.volume.VolumeStore;
import java.util.List;

/// Tells the guests of a volume that it has become larger. Block storage calls it until it passes, so it may be
/// repeated.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#run-events">volume-extended</a>
public final class GrowVolume {
    private final Wiring w;

    public GrowVolume(Wiring wiring) {
        this.w = wiring;
    }

    /// @param sizeGib the volume's new size
    public void grown(String volumeId, List<String> serverIds, int sizeGib) {
        for (var serverId : serverIds) {
            var volume = w.db().read(tx -> new VolumeStore(tx).find(serverId, volumeId));
            var host = w.db().read(tx -> new ServerStore(tx).find(serverId)).flatMap(s -> s.host());
            if (volume.isEmpty() || host.isEmpty()) continue; // detached or deleted meanwhile
            w.diskOf(volume.get().attachmentId())
                    .ifPresent(disk -> w.agents().resizeVolume(host.get(), serverId, disk, (long) sizeGib << 30));
        }
    }
}
