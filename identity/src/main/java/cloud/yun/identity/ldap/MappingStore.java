package cloud.yun.identity.ldap;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// SQL of the ids of directories' entries.
final class MappingStore {
    private static final String COLUMNS =
            "m.domain_id AS domain_id, m.entity_type AS entity_type, m.local_id AS local_id";

    private static final int TOGETHER = 500;

    private final Tx tx;

    MappingStore(Tx tx) {
        this.tx = tx;
    }

    private static PublicId mapping(Row r) throws SQLException {
        return new PublicId(
                r.string("domain_id"),
                PublicId.Kind.valueOf(r.string("entity_type").toUpperCase(Locale.ROOT)),
                r.string("local_id"));
    }

    Optional<PublicId> find(String publicId, PublicId.Kind kind) {
        return tx.first(
                "SELECT " + COLUMNS + " FROM identity_id_mapping m WHERE m.public_id = ? AND m.entity_type = ?",
                MappingStore::mapping,
                publicId,
                kind.wire());
    }

    /// @return those that are not known yet
    List<PublicId> unknown(List<PublicId> all) {
        var found = new ArrayList<PublicId>();
        for (int from = 0; from < all.size(); from += TOGETHER) {
            var part = new LinkedHashMap<String, PublicId>();
            for (var id : all.subList(from, Math.min(all.size(), from + TOGETHER))) part.put(id.text(), id);
            tx.query(
                            "SELECT public_id FROM identity_id_mapping WHERE public_id IN (" + Tx.marks(part.size())
                                    + ")",
                            r -> r.string("public_id"),
                            part.keySet().toArray())
                    .forEach(part::remove);
            found.addAll(part.values());
        }
        return found;
    }

    void add(Collection<PublicId> all) {
        if (all.isEmpty()) return;
        var rows = all.stream()
                .map(id -> new @Nullable Object[] {
                    id.text(), id.domainId(), id.localId(), id.kind().wire()
                })
                .toList();
        tx.batch("""
                INSERT INTO identity_id_mapping (public_id, domain_id, local_id, entity_type)
                VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """, rows);
    }

    List<String> domains() {
        return tx.query("SELECT DISTINCT domain_id FROM identity_id_mapping", r -> r.string("domain_id"));
    }

    /// @return the users of a domain of whom a copy stands in our tables
    List<PublicId> usersWithCopy(String domainId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM identity_id_mapping m JOIN identity_user u ON u.id = m.public_id"
                        + " WHERE m.domain_id = ? AND m.entity_type = 'user'",
                MappingStore::mapping,
                domainId);
    }

    List<PublicId> groupsWithCopy(String domainId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM identity_id_mapping m JOIN identity_group g ON g.id = m.public_id"
                        + " WHERE m.domain_id = ? AND m.entity_type = 'group'",
                MappingStore::mapping,
                domainId);
    }
}
