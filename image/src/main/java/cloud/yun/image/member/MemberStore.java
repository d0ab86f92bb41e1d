package cloud.yun.image.member;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of members.
public final class MemberStore {
    private final Tx tx;

    public MemberStore(Tx tx) {
        this.tx = tx;
    }

    private static Member member(Row r) throws SQLException {
        return new Member(
                r.string("image_id"),
                r.string("member_id"),
                r.string("status"),
                r.instant("created_at"),
                r.instant("updated_at"));
    }

    public Optional<Member> find(String imageId, String memberId) {
        return tx.first("""
                SELECT image_id, member_id, status, created_at, updated_at
                  FROM image_member
                 WHERE image_id = ? AND member_id = ?
                """, MemberStore::member, imageId, memberId);
    }

    List<Member> of(String imageId) {
        return tx.query("""
                SELECT image_id, member_id, status, created_at, updated_at
                  FROM image_member
                 WHERE image_id = ?
                 ORDER BY created_at, member_id
                """, MemberStore::member, imageId);
    }

    /// @return false when the project is a member already
    boolean insert(Member m) {
        return tx.update("""
                        INSERT INTO image_member (image_id, member_id, status, created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """, m.imageId(), m.memberId(), m.status(), m.createdAt(), m.updatedAt()) == 1;
    }

    void status(String imageId, String memberId, String status, Instant now) {
        tx.update(
                "UPDATE image_member SET status = ?, updated_at = ? WHERE image_id = ? AND member_id = ?",
                status,
                now,
                imageId,
                memberId);
    }

    boolean delete(String imageId, String memberId) {
        return tx.update("DELETE FROM image_member WHERE image_id = ? AND member_id = ?", imageId, memberId) == 1;
    }
}
