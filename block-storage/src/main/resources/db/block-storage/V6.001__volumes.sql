CREATE TABLE volume_type (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    description TEXT,
    is_public   INTEGER NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

CREATE TABLE volume_type_extra_spec (
    type_id TEXT NOT NULL REFERENCES volume_type (id) ON DELETE CASCADE,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (type_id, key)
);

CREATE TABLE volume_type_access (
    type_id    TEXT NOT NULL REFERENCES volume_type (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    PRIMARY KEY (type_id, project_id)
);

CREATE TABLE volume (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    name              TEXT,
    description       TEXT,
    size_gib          INTEGER NOT NULL,
    pending_gib       INTEGER NOT NULL DEFAULT 0,
    status            TEXT NOT NULL,
    previous_status   TEXT,
    type_id           TEXT NOT NULL REFERENCES volume_type (id),
    availability_zone TEXT NOT NULL,
    host              TEXT,
    snapshot_id       TEXT,
    source_volume_id  TEXT,
    image_id          TEXT,
    bootable          INTEGER NOT NULL,
    multiattach       INTEGER NOT NULL,
    consumes_quota    INTEGER NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT,
    launched_at       BIGINT
);
CREATE INDEX volume_project ON volume (project_id, created_at, id);
CREATE INDEX volume_created ON volume (created_at, id);
CREATE INDEX volume_host ON volume (host);
CREATE INDEX volume_type_id ON volume (type_id);

-- scope: user (the project's own), admin (readonly, attached_mode), image (volume_image_metadata)
CREATE TABLE volume_metadata (
    volume_id TEXT NOT NULL REFERENCES volume (id) ON DELETE CASCADE,
    scope     TEXT NOT NULL,
    key       TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (volume_id, scope, key)
);

CREATE TABLE snapshot (
    id          TEXT PRIMARY KEY,
    volume_id   TEXT NOT NULL REFERENCES volume (id),
    project_id  TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    name        TEXT,
    description TEXT,
    size_gib    INTEGER NOT NULL,
    status      TEXT NOT NULL,
    progress    TEXT NOT NULL,
    type_id     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT
);
CREATE INDEX snapshot_volume ON snapshot (volume_id);
CREATE INDEX snapshot_project ON snapshot (project_id, created_at, id);
CREATE INDEX snapshot_created ON snapshot (created_at, id);

CREATE TABLE snapshot_metadata (
    snapshot_id TEXT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
    key         TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, key)
);

CREATE TABLE volume_attachment (
    id              TEXT PRIMARY KEY,
    volume_id       TEXT NOT NULL REFERENCES volume (id),
    project_id      TEXT NOT NULL,
    server_id       TEXT,
    attached_host   TEXT,
    mountpoint      TEXT,
    attach_mode     TEXT NOT NULL,
    attach_status   TEXT NOT NULL,
    connector       TEXT,
    connection_type TEXT,
    connection_info TEXT,
    by_compute      INTEGER NOT NULL,
    created_at      BIGINT NOT NULL,
    attached_at     BIGINT
);
CREATE INDEX volume_attachment_volume ON volume_attachment (volume_id);
CREATE INDEX volume_attachment_project ON volume_attachment (project_id, created_at, id);

CREATE TABLE volume_service (
    id              TEXT PRIMARY KEY,
    binary_name     TEXT NOT NULL,
    host            TEXT NOT NULL,
    zone            TEXT NOT NULL,
    disabled        INTEGER NOT NULL,
    disabled_reason TEXT,
    capabilities    TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    UNIQUE (binary_name, host)
);
