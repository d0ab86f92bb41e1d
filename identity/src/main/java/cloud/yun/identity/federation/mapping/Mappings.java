package cloud.yun.identity.federation.mapping;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.http.SchemaCheck;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of mappings. Who may call is said by the routes: no rule here depends on the object.
public final class Mappings {
    private static final String RESOURCE = "mapping";

    private final Workbench bench;
    private final SchemaVersion standard;
    private final SchemaCheck schemas = new SchemaCheck(FaultDialect.IDENTITY);

    /// @param standard of a mapping that names no version itself
    /// @throws IllegalArgumentException there is no such version
    public Mappings(Workbench bench, String standard) {
        this.bench = bench;
        this.standard = SchemaVersion.of(standard)
                .orElseThrow(() -> new IllegalArgumentException(
                        "[federation] attribute_mapping_default_schema_version is none of 1.0, 2.0, 3.0: " + standard));
    }

    private static NotFound none(String id) {
        return Words.notFound(RESOURCE, id);
    }

    Filters.Page<Mapping> list(Filters filters) {
        return filters.cut(bench.db().read(tx -> new MappingStore(tx).list(filters)), Mapping::id);
    }

    Mapping get(String id) {
        return bench.db().read(tx -> new MappingStore(tx).find(id)).orElseThrow(() -> none(id));
    }

    /// @throws Conflict the id is taken
    /// @throws Invalid the rules are none; all that is wrong with them is said, a line each
    Mapping create(Caller caller, String id, ObjectNode body) {
        Words.fits("id", id, 64);
        var mapping = checked(id, body);
        bench.db().write(tx -> {
            var store = new MappingStore(tx);
            if (store.find(id).isPresent()) throw Words.conflict(RESOURCE, "Duplicate entry");
            store.insert(mapping);
            bench.tell(tx, caller, RESOURCE, "created", id);
        });
        return mapping;
    }

    /// Replaces the rules, and the version too: without one the default takes its place, as in Keystone.
    Mapping update(Caller caller, String id, ObjectNode body) {
        var mapping = checked(id, body);
        bench.db().write(tx -> {
            if (!new MappingStore(tx).update(mapping)) throw none(id);
            bench.tell(tx, caller, RESOURCE, "updated", id);
        });
        return mapping;
    }

    private Mapping checked(String id, ObjectNode body) {
        var named = body.path("schema_version");
        boolean absent = named.isMissingNode()
                || named.isNull()
                || named.isString() && named.asString().isEmpty();
        var version = absent
                ? standard
                : SchemaVersion.of(named.isString() ? named.asString() : "")
                        .orElseThrow(() -> new Invalid("Invalid input for field 'schema_version': " + Python.repr(named)
                                + " is not one of ['1.0', '2.0', '3.0']"));
        var whole = body.deepCopy().put("schema_version", version.wire());
        var wrong = schemas.reasons(version.schema(), whole);
        if (!wrong.isEmpty()) throw new Invalid(String.join("\n", wrong) + "\n");
        return new Mapping(id, version, (ArrayNode) whole.get("rules"));
    }

    void delete(Caller caller, String id) {
        bench.db().write(tx -> {
            if (!new MappingStore(tx).delete(id)) throw none(id);
            bench.tell(tx, caller, RESOURCE, "deleted", id);
        });
    }
}
