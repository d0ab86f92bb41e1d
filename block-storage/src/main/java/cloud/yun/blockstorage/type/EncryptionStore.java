package cloud.yun.blockstorage.type;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.Optional;

/// SQL of the encryption of volume types.
public final class EncryptionStore {
    private static final String COLUMNS =
            "type_id, encryption_id, provider, control_location, cipher, key_size, created_at, updated_at";

    private final Tx tx;

    public EncryptionStore(Tx tx) {
        this.tx = tx;
    }

    /// Whether volumes of the type are to be encrypted.
    public boolean encrypts(String typeId) {
        return find(typeId).isPresent();
    }

    Optional<Encryption> find(String typeId) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM volume_type_encryption WHERE type_id = ?",
                EncryptionStore::encryption,
                typeId);
    }

    void put(Encryption e) {
        tx.update("DELETE FROM volume_type_encryption WHERE type_id = ?", e.typeId());
        tx.update(
                "INSERT INTO volume_type_encryption (" + COLUMNS + ") VALUES (" + Tx.marks(8) + ")",
                e.typeId(),
                e.encryptionId(),
                e.provider(),
                e.controlLocation(),
                e.cipher(),
                e.keySize(),
                e.createdAt(),
                e.updatedAt());
    }

    boolean delete(String typeId) {
        return tx.update("DELETE FROM volume_type_encryption WHERE type_id = ?", typeId) > 0;
    }

    private static Encryption encryption(Row r) throws SQLException {
        return new Encryption(
                r.string("type_id"),
                r.string("encryption_id"),
                r.string("provider"),
                r.string("control_location"),
                r.optString("cipher"),
                r.optNumber("key_size"),
                r.instant("created_at"),
                r.optInstant("updated_at"));
    }
}
