package cloud.yun.identity.credential;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// SQL of credentials.
public final class CredentialStore {
    /// @param sealedBlob the secret, encrypted
    /// @param keyHash which key it was encrypted with
    public record Sealed(
            String id,
            String userId,
            Optional<String> projectId,
            String type,
            String sealedBlob,
            String keyHash,
            ObjectNode extra) {}

    private static final String COLUMNS = "id, user_id, project_id, type, encrypted_blob, key_hash, extra";

    private final Tx tx;

    public CredentialStore(Tx tx) {
        this.tx = tx;
    }

    private static Sealed sealed(Row r) throws SQLException {
        return new Sealed(
                r.string("id"),
                r.string("user_id"),
                r.optString("project_id"),
                r.string("type"),
                r.string("encrypted_blob"),
                r.string("key_hash"),
                Json.storedObject(r.string("extra")));
    }

    Optional<Sealed> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_credential WHERE id = ?", CredentialStore::sealed, id);
    }

    List<Sealed> list(Optional<String> userId, Optional<String> type) {
        return Select.of(COLUMNS, "identity_credential")
                .where("user_id = ?", userId)
                .where("type = ?", type)
                .order(Select.Sort.asc("id"))
                .list(tx, CredentialStore::sealed);
    }

    void insert(Sealed c) {
        tx.update(
                "INSERT INTO identity_credential (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)",
                c.id(),
                c.userId(),
                c.projectId(),
                c.type(),
                c.sealedBlob(),
                c.keyHash(),
                c.extra());
    }

    void update(Sealed c) {
        tx.update("""
                UPDATE identity_credential
                   SET user_id = ?, project_id = ?, type = ?, encrypted_blob = ?, key_hash = ?, extra = ?
                 WHERE id = ?
                """, c.userId(), c.projectId(), c.type(), c.sealedBlob(), c.keyHash(), c.extra(), c.id());
    }

    /// @return the credentials that another key than this one encrypted
    List<Sealed> sealedByOthers(String keyHash) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM identity_credential WHERE key_hash <> ? ORDER BY id",
                CredentialStore::sealed,
                keyHash);
    }

    /// @return false when the credential is not any more as it was seen
    boolean reseal(Sealed seen, String blob, String keyHash) {
        return tx.update(
                        "UPDATE identity_credential SET encrypted_blob = ?, key_hash = ?"
                                + " WHERE id = ? AND encrypted_blob = ?",
                        blob,
                        keyHash,
                        seen.id(),
                        seen.sealedBlob())
                > 0;
    }

    void delete(String id) {
        tx.update("DELETE FROM identity_credential WHERE id = ?", id);
    }

    public void deleteOfUser(String userId) {
        tx.update("DELETE FROM identity_credential WHERE user_id = ?", userId);
    }

    public void deleteOfProject(String projectId) {
        tx.update("DELETE FROM identity_credential WHERE project_id = ?", projectId);
    }
}
