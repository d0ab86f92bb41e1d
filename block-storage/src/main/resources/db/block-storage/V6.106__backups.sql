-- A backup outlives its volume and its snapshot: neither is referenced.
CREATE TABLE backup (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    volume_id         TEXT NOT NULL,
    snapshot_id       TEXT,
    parent_id         TEXT REFERENCES backup (id),
    name              TEXT,
    description       TEXT,
    size_gib          INTEGER NOT NULL,
    status            TEXT NOT NULL,
    fail_reason       TEXT,
    pool              TEXT NOT NULL,
    availability_zone TEXT NOT NULL,
    container         TEXT NOT NULL,
    prefix            TEXT NOT NULL,
    object_count      INTEGER NOT NULL,
    volume_meta       TEXT,
    restore_volume_id TEXT,
    data_timestamp    BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT
);
CREATE INDEX backup_project ON backup (project_id, created_at, id);
CREATE INDEX backup_created ON backup (created_at, id);
CREATE INDEX backup_volume ON backup (volume_id);
CREATE INDEX backup_parent ON backup (parent_id);

CREATE TABLE backup_metadata (
    backup_id TEXT NOT NULL REFERENCES backup (id) ON DELETE CASCADE,
    key       TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (backup_id, key)
);
