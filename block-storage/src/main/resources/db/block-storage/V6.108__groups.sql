CREATE TABLE group_type (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    description TEXT,
    is_public   INTEGER NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT
);

CREATE TABLE group_type_spec (
    type_id TEXT NOT NULL REFERENCES group_type (id) ON DELETE CASCADE,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (type_id, key)
);

CREATE TABLE volume_group (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    name              TEXT,
    description       TEXT,
    status            TEXT NOT NULL,
    group_type_id     TEXT NOT NULL REFERENCES group_type (id),
    availability_zone TEXT NOT NULL,
    group_snapshot_id TEXT,
    source_group_id   TEXT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT
);
CREATE INDEX volume_group_project ON volume_group (project_id, created_at, id);

CREATE TABLE volume_group_type (
    group_id TEXT NOT NULL REFERENCES volume_group (id) ON DELETE CASCADE,
    type_id  TEXT NOT NULL REFERENCES volume_type (id),
    PRIMARY KEY (group_id, type_id)
);

CREATE TABLE group_snapshot (
    id            TEXT PRIMARY KEY,
    group_id      TEXT NOT NULL REFERENCES volume_group (id),
    group_type_id TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    name          TEXT,
    description   TEXT,
    status        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT
);
CREATE INDEX group_snapshot_project ON group_snapshot (project_id, created_at, id);
CREATE INDEX group_snapshot_group ON group_snapshot (group_id);

ALTER TABLE volume ADD COLUMN group_id TEXT REFERENCES volume_group (id);
ALTER TABLE snapshot ADD COLUMN group_snapshot_id TEXT REFERENCES group_snapshot (id);
CREATE INDEX volume_group_id ON volume (group_id);
CREATE INDEX snapshot_group_snapshot_id ON snapshot (group_snapshot_id);
