CREATE TABLE volume_transfer (
    id                TEXT PRIMARY KEY,
    volume_id         TEXT NOT NULL UNIQUE REFERENCES volume (id),
    source_project_id TEXT NOT NULL,
    name              TEXT,
    salt              TEXT NOT NULL,
    crypt_hash        TEXT NOT NULL,
    no_snapshots      INTEGER NOT NULL,
    created_at        BIGINT NOT NULL
);
CREATE INDEX volume_transfer_project ON volume_transfer (source_project_id, created_at, id);
