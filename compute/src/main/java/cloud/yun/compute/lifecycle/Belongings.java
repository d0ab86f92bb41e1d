package cloud.yun.compute.lifecycle;

import cloud.yun.blockstorage.ServerVolumes.Attachment;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.network.ServerPorts.Port;
import java.util.List;

/// The ports and volumes of a server that goes from host to host.
final class Belongings {
    private final Wiring w;

    Belongings(Wiring wiring) {
        this.w = wiring;
    }

    void plug(String serverId, String host) {
        for (var port : ports(serverId)) w.ports().plug(port.id(), host);
    }

    void unplug(String serverId, String host) {
        for (var port : ports(serverId)) w.ports().unplug(port.id(), host);
    }

    void connect(String serverId, String host) {
        for (var volume : volumes(serverId)) w.volumes().connect(volume.attachmentId(), host);
    }

    void disconnect(String serverId, String host) {
        for (var volume : volumes(serverId)) w.volumes().disconnect(volume.attachmentId(), host);
    }

    private List<Port> ports(String serverId) {
        return w.db().read(tx -> w.ports().ofServer(tx, serverId));
    }

    private List<ServerVolume> volumes(String serverId) {
        return w.db().read(tx -> new VolumeStore(tx)
                .of(serverId).stream()
                        .filter(v -> w.volumes()
                                .attachment(tx, v.attachmentId())
                                .flatMap(Attachment::connection)
                                .isPresent())
                        .toList());
    }
}
