package cloud.yun.image.metadef;

import java.util.Locale;

/// What a namespace holds.
enum ItemKind {
    OBJECT("object"),
    PROPERTY("property"),
    TAG("tag"),
    RESOURCE_TYPE("resource_type_association");

    /// As messages and clients name it.
    final String wire;

    ItemKind(String wire) {
        this.wire = wire;
    }

    String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @return its JSON Schema on the class path
    String schema() {
        return "schema/image/metadefs/" + column() + ".json";
    }
}
