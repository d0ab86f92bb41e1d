package cloud.yun.network.rbac;

import cloud.yun.kernel.db.Tx;

/// SQL of the table `network_rbac`.
final class RbacStore {
    private final Tx tx;

    RbacStore(Tx tx) {
        this.tx = tx;
    }

    /// @return false when the same grant was there already
    boolean insert(
            String id, String projectId, String objectType, String objectId, String action, String targetProject) {
        return tx.update("""
                        INSERT INTO network_rbac (id, project_id, object_type, object_id, action, target_project)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT (object_id, action, target_project) DO NOTHING
                        """, id, projectId, objectType, objectId, action, targetProject) == 1;
    }
}
