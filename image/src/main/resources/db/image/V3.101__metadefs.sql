CREATE TABLE metadef_namespace (
    id           TEXT PRIMARY KEY,
    namespace    TEXT NOT NULL UNIQUE,
    display_name TEXT,
    description  TEXT,
    visibility   TEXT NOT NULL,
    protected    INTEGER NOT NULL,
    owner        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX metadef_namespace_created ON metadef_namespace (created_at, id);

-- What a namespace holds: objects, properties, tags and associations of resource types, each by its name.
CREATE TABLE metadef_item (
    id           ${serial},
    namespace_id TEXT NOT NULL REFERENCES metadef_namespace (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    body         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (namespace_id, kind, name)
);
CREATE INDEX metadef_item_name ON metadef_item (kind, name, namespace_id);

CREATE TABLE metadef_resource_type (
    name       TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);
