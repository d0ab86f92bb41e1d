package cloud.yun.identity.federation.mapping;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// SQL of mappings.
public final class MappingStore {
    private static final String COLUMNS = "id, schema_version, rules";

    private final Tx tx;

    public MappingStore(Tx tx) {
        this.tx = tx;
    }

    private static Mapping mapping(Row r) throws SQLException {
        return new Mapping(
                r.string("id"), SchemaVersion.of(r.string("schema_version")).orElseThrow(), (ArrayNode)
                        Json.stored(r.string("rules")));
    }

    List<Mapping> list(Filters filters) {
        return filters.page(tx, Select.of(COLUMNS, "identity_mapping")).list(tx, MappingStore::mapping);
    }

    public Optional<Mapping> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_mapping WHERE id = ?", MappingStore::mapping, id);
    }

    void insert(Mapping mapping) {
        tx.update(
                "INSERT INTO identity_mapping (" + COLUMNS + ") VALUES (?, ?, ?)",
                mapping.id(),
                mapping.schemaVersion().wire(),
                mapping.rules());
    }

    /// @return whether there was one
    boolean update(Mapping mapping) {
        return tx.update(
                        "UPDATE identity_mapping SET schema_version = ?, rules = ? WHERE id = ?",
                        mapping.schemaVersion().wire(),
                        mapping.rules(),
                        mapping.id())
                > 0;
    }

    /// @return whether there was one
    boolean delete(String id) {
        return tx.update("DELETE FROM identity_mapping WHERE id = ?", id) > 0;
    }
}
