package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.host.libvirt.Affect;
import cloud.yun.host.libvirt.DomainView;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.time.Duration;

/// The devices of a guest that come and go while it is there: in its definition, and in the guest when it runs.
final class GuestDevices {
    @FunctionalInterface
    private interface Has {
        boolean in(DomainView view);
    }

    private final Domains domains;
    private final int detachAttempts;
    private final Duration detachWait;

    /// @param detachAttempts how often a running guest is asked to let go
    /// @param detachWait for how long each time
    GuestDevices(Domains domains, int detachAttempts, Duration detachWait) {
        this.domains = domains;
        this.detachAttempts = detachAttempts;
        this.detachWait = detachWait;
    }

    void attach(Disk disk, String serverId) {
        attach(serverId, GuestXml.volume(disk).toXml(), has(disk));
    }

    void detach(Disk disk, String serverId) {
        var alias = GuestXml.volumeAlias(disk.volumeId());
        detach(serverId, GuestXml.volume(disk).toXml(), alias, has(disk), "volume " + disk.volumeId());
    }

    void attach(Nic nic, String serverId) {
        attach(serverId, GuestXml.nic(nic).toXml(), has(nic));
    }

    void detach(Nic nic, String serverId) {
        var alias = GuestXml.nicAlias(nic.portId());
        detach(serverId, GuestXml.nic(nic).toXml(), alias, has(nic), "port " + nic.portId());
    }

    /// A guest that is off sees the size when it is next started.
    void resize(Disk disk, String serverId, long sizeBytes) {
        var domain = domains.require(serverId);
        if (domain.state().active()) domain.blockResize(GuestXml.target(disk.device()), sizeBytes);
    }

    private static Has has(Disk disk) {
        return view -> view.diskWithAlias(GuestXml.volumeAlias(disk.volumeId())).isPresent();
    }

    private static Has has(Nic nic) {
        return view -> view.nic(nic.mac()).isPresent();
    }

    private void attach(String serverId, String device, Has has) {
        var domain = domains.require(serverId);
        if (!has.in(DomainView.parse(domain.inactiveXml()))) domain.attachDevice(device, Affect.CONFIG);
        if (domain.state().active() && !has.in(domain.view())) domain.attachDevice(device, Affect.LIVE);
    }

    /// First out of the running guest, which may refuse, then out of the definition: a refusal leaves both as they
    /// were.
    private void detach(String serverId, String device, String alias, Has has, String what) {
        var found = domains.find(serverId);
        if (found.isEmpty()) return;
        var domain = found.get();
        if (domain.state().active()
                && has.in(domain.view())
                && !domain.detach().andWait(device, alias, detachAttempts, detachWait))
            throw new Conflict("The guest did not let go of " + what + ".");
        if (has.in(DomainView.parse(domain.inactiveXml()))) domain.detachDevice(device, Affect.CONFIG);
    }
}
