package cloud.yun.identity.federation.mapping;

import java.util.Arrays;
import java.util.Optional;

/// What the rules of a mapping may say.
public enum SchemaVersion {
    /// Projects and users stand in the identity provider's domain unless the user names another.
    V1("1.0"),
    /// A rule's `domain` is the default for its users and projects, and a project may name its own.
    V2("2.0"),
    /// Projects may come as JSON in an attribute: `projects_json`.
    V3("3.0");

    private final String wire;

    SchemaVersion(String wire) {
        this.wire = wire;
    }

    public String wire() {
        return wire;
    }

    /// @return the JSON Schema of such a mapping, on the class path
    String schema() {
        return "schema/identity/mapping-" + wire + ".json";
    }

    static Optional<SchemaVersion> of(String wire) {
        return Arrays.stream(values()).filter(v -> v.wire.equals(wire)).findFirst();
    }
}
