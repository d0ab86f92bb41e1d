package cloud.yun.network.segment;

import cloud.yun.kernel.db.Tx;
import java.util.HashSet;
import java.util.Set;

/// SQL of the table `network_segment`.
final class SegmentStore {
    private final Tx tx;

    SegmentStore(Tx tx) {
        this.tx = tx;
    }

    Set<Integer> used(String type, String physical) {
        return new HashSet<>(tx.query(
                "SELECT segmentation_id FROM network_segment WHERE network_type = ? AND physical_network = ?",
                r -> r.integer("segmentation_id"),
                type,
                physical));
    }

    /// @return false when another network has it
    boolean take(String networkId, String type, String physical, int id) {
        return tx.update("""
                        INSERT INTO network_segment (network_type, physical_network, segmentation_id, network_id)
                        VALUES (?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """, type, physical, id, networkId) == 1;
    }
}
