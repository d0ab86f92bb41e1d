package cloud.yun.compute.lifecycle;

import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.error.CloudException.Conflict;

/// Takes a server off its host: guest, ports, volumes, disks. Each step succeeds when there is nothing left to do.
final class LeaveHost {
    private final Wiring w;
    private final OnHost onHost;

    LeaveHost(Wiring wiring) {
        this.w = wiring;
        this.onHost = new OnHost(wiring);
    }

    void destroyGuest(Work p) {
        onHost.run(p.serverId(), h -> w.agents().destroy(h, p.serverId()));
    }

    void unplugPorts(Work p) {
        var ports = w.db().read(tx -> w.ports().ofServer(tx, p.serverId()));
        for (var port : ports) onHost.run(p.serverId(), h -> w.ports().unplug(port.id(), h));
    }

    /// An attach that began before may connect its volume at any time; without a guest it turns back, and needs the
    /// attachment for that. So this waits for it.
    void disconnectVolumes(Work p) {
        var volumes = w.db().read(tx -> {
            var all = new VolumeStore(tx).of(p.serverId());
            for (var volume : all)
                if (volume.state() == VolumeState.ATTACHING && w.flows().busy(tx, volume.volumeId()))
                    throw new Conflict("Volume " + volume.volumeId() + " is still being attached.");
            return all;
        });
        for (var volume : volumes) onHost.run(p.serverId(), h -> w.volumes().disconnect(volume.attachmentId(), h));
    }

    /// A host that was down when the guest was to be destroyed may be back: then the guest still has its disks open.
    void deleteDisks(Work p) {
        onHost.run(p.serverId(), h -> {
            w.agents().destroy(h, p.serverId());
            w.agents().deleteDisks(h, p.serverId());
        });
    }
}
