package cloud.yun.compute.serverapi;

import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;

/// Snapshots that a volume service makes with the hypervisor's help: for drivers that keep volumes as qcow2 files and
/// let the guest's hypervisor switch to a new one. No volume driver of this cloud works so (theirs snapshot by
/// themselves), so every volume is refused in the words that Nova has for one it cannot help with.
final class AssistedSnapshots {
    private final Database db;

    AssistedSnapshots(Database db) {
        this.db = db;
    }

    /// @return why there is no help for the volume
    Invalid refused(String volumeId) {
        var servers = db.read(tx -> new VolumeStore(tx).serversOf(volumeId));
        if (servers.isEmpty()) return new Invalid("No volume Block Device Mapping with id " + volumeId + ".");
        return new Invalid("Invalid volume: its back end makes snapshots without the hypervisor of server "
                + servers.getFirst() + ".");
    }
}
