CREATE TABLE flavor (
    number       ${serial},
    flavorid     TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL UNIQUE,
    description  TEXT,
    memory_mb    INTEGER NOT NULL,
    vcpus        INTEGER NOT NULL,
    root_gb      INTEGER NOT NULL,
    ephemeral_gb INTEGER NOT NULL,
    swap         INTEGER NOT NULL,
    rxtx_factor  TEXT NOT NULL,
    is_public    INTEGER NOT NULL,
    disabled     INTEGER NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT
);
CREATE TABLE flavor_extra_spec (
    flavorid TEXT NOT NULL REFERENCES flavor (flavorid) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (flavorid, name)
);
CREATE TABLE flavor_project (
    flavorid   TEXT NOT NULL REFERENCES flavor (flavorid) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    PRIMARY KEY (flavorid, project_id)
);
CREATE INDEX flavor_project_project ON flavor_project (project_id);
