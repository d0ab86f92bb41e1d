package cloud.yun.identity.user;

import cloud.yun.kernel.db.Tx;
import java.util.List;

/// SQL of the table `identity_federated_user`.
final class FederatedUserStore {
    /// @param uniqueId the provider's own id of the user
    record Known(String idpId, String protocolId, String uniqueId) {}

    private final Tx tx;

    FederatedUserStore(Tx tx) {
        this.tx = tx;
    }

    void delete(String userId) {
        tx.update("DELETE FROM identity_federated_user WHERE user_id = ?", userId);
    }

    /// @return false when the provider knows a user by that id already
    boolean insert(String userId, Known known) {
        return tx.update("""
                INSERT INTO identity_federated_user (idp_id, protocol_id, unique_id, user_id)
                VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, known.idpId(), known.protocolId(), known.uniqueId(), userId) == 1;
    }

    List<Known> of(String userId) {
        return tx.query(
                """
                SELECT idp_id, protocol_id, unique_id
                  FROM identity_federated_user
                 WHERE user_id = ?
                 ORDER BY idp_id, protocol_id, unique_id
                """, r -> new Known(r.string("idp_id"), r.string("protocol_id"), r.string("unique_id")), userId);
    }
}
