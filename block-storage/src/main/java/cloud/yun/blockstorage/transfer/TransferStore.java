package cloud.yun.blockstorage.transfer;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// SQL of transfers.
public final class TransferStore {
    static final String COLUMNS = "id, volume_id, source_project_id, name, salt, crypt_hash, no_snapshots, created_at";

    private final Tx tx;

    public TransferStore(Tx tx) {
        this.tx = tx;
    }

    Optional<Transfer> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM volume_transfer WHERE id = ?", TransferStore::transfer, id);
    }

    List<Transfer> list(Select select) {
        return select.list(tx, TransferStore::transfer);
    }

    void insert(Transfer t) {
        tx.update(
                "INSERT INTO volume_transfer (" + COLUMNS + ") VALUES (" + Tx.marks(8) + ")",
                t.id(),
                t.volumeId(),
                t.sourceProjectId(),
                t.name(),
                t.salt(),
                t.cryptHash(),
                t.noSnapshots(),
                t.createdAt());
    }

    /// The volume goes away: so does the offer of it.
    public void forgetVolume(String volumeId) {
        tx.update("DELETE FROM volume_transfer WHERE volume_id = ?", volumeId);
    }

    boolean delete(String id) {
        return tx.update("DELETE FROM volume_transfer WHERE id = ?", id) > 0;
    }

    private static Transfer transfer(Row r) throws SQLException {
        return new Transfer(
                r.string("id"),
                r.string("volume_id"),
                r.string("source_project_id"),
                r.optString("name"),
                r.string("salt"),
                r.string("crypt_hash"),
                r.bool("no_snapshots"),
                r.instant("created_at"));
    }
}
