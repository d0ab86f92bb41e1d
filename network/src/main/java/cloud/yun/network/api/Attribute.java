package cloud.yun.network.api;

import cloud.yun.kernel.json.Json;
import cloud.yun.network.api.Values.Check;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One attribute of a resource, as Neutron's attribute maps have them.
///
/// @param post whether a client may set it when it creates
/// @param put whether a client may change it
/// @param standard its value when the client says none; empty with `required` true: the client must say one
/// @param column SQL expression for filters and sorting; empty: neither
/// @param kind how filter values are compared
public record Attribute(
        String name,
        boolean post,
        boolean put,
        boolean required,
        Optional<JsonNode> standard,
        Check check,
        Optional<String> column,
        Kind kind) {
    public enum Kind {
        TEXT,
        BOOLEAN,
        NUMBER
    }

    /// Read-only, for example `id`.
    public static Attribute shown(String name) {
        return new Attribute(name, false, false, false, Optional.empty(), Values.any(), Optional.empty(), Kind.TEXT);
    }

    /// Settable at creation and later.
    public static Attribute of(String name, Check check) {
        return new Attribute(name, true, true, false, Optional.empty(), check, Optional.empty(), Kind.TEXT);
    }

    /// Settable only at creation.
    public static Attribute fixed(String name, Check check) {
        return of(name, check).with(true, false);
    }

    private Attribute with(boolean newPost, boolean newPut) {
        return new Attribute(name, newPost, newPut, required, standard, check, column, kind);
    }

    public Attribute onlyPut() {
        return with(false, true);
    }

    public Attribute mandatory() {
        return new Attribute(name, post, put, true, standard, check, column, kind);
    }

    /// @param value text, number, boolean, JSON, or null for JSON's null
    public Attribute standard(@org.jspecify.annotations.Nullable Object value) {
        return new Attribute(name, post, put, required, Optional.of(Json.tree(value)), check, column, kind);
    }

    public Attribute column(String sql) {
        return new Attribute(name, post, put, required, standard, check, Optional.of(sql), kind);
    }

    public Attribute flag(String sql) {
        return new Attribute(name, post, put, required, standard, check, Optional.of(sql), Kind.BOOLEAN);
    }

    public Attribute number(String sql) {
        return new Attribute(name, post, put, required, standard, check, Optional.of(sql), Kind.NUMBER);
    }
}
