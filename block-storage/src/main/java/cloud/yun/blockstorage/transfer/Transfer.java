package cloud.yun.blockstorage.transfer;

import java.time.Instant;
import java.util.Optional;

/// An offer of a volume.
///
/// @param cryptHash of the key and the salt; the key itself is shown once and kept nowhere
/// @param noSnapshots whether the volume's snapshots stay with the donor
record Transfer(
        String id,
        String volumeId,
        String sourceProjectId,
        Optional<String> name,
        String salt,
        String cryptHash,
        boolean noSnapshots,
        Instant createdAt) {
    @Override
    public String toString() {
        return "Transfer[" + id + "]";
    }
}
