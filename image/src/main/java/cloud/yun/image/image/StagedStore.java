package cloud.yun.image.image;

import cloud.yun.image.store.ImageFiles.Received;
import cloud.yun.kernel.db.Tx;
import java.util.Optional;

/// SQL of what lies in the staging area.
final class StagedStore {
    private final Tx tx;

    StagedStore(Tx tx) {
        this.tx = tx;
    }

    void put(String imageId, Received received) {
        tx.update("""
                INSERT INTO image_staged (image_id, size, virtual_size, checksum, os_hash_value)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (image_id) DO UPDATE
                   SET size = excluded.size, virtual_size = excluded.virtual_size, checksum = excluded.checksum,
                       os_hash_value = excluded.os_hash_value
                """, imageId, received.sizeBytes(), received.virtualSizeBytes(), received.md5(), received.sha512());
    }

    Optional<Received> find(String imageId) {
        return tx.first(
                "SELECT size, virtual_size, checksum, os_hash_value FROM image_staged WHERE image_id = ?",
                r -> new Received(
                        r.number("size"), r.optNumber("virtual_size"), r.string("checksum"), r.string("os_hash_value")),
                imageId);
    }

    void delete(String imageId) {
        tx.update("DELETE FROM image_staged WHERE image_id = ?", imageId);
    }
}
