-- A server's way to another host or flavor. While `holds` it has the old side's room and disks, for the way back.
CREATE TABLE migration (
    number            ${serial},
    id                TEXT NOT NULL UNIQUE,
    server_id         TEXT NOT NULL REFERENCES server (id),
    type              TEXT NOT NULL,
    status            TEXT NOT NULL,
    source_host       TEXT NOT NULL,
    dest_host         TEXT,
    from_state        TEXT NOT NULL,
    old_shape         TEXT NOT NULL,
    new_shape         TEXT NOT NULL,
    old_flavor_number BIGINT NOT NULL,
    new_flavor_number BIGINT NOT NULL,
    holds             INTEGER NOT NULL,
    project_id        TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    request_id        TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX migration_holds ON migration (server_id) WHERE holds = 1;
CREATE INDEX migration_server ON migration (server_id, created_at, number);
CREATE INDEX migration_created ON migration (created_at, number);
CREATE INDEX migration_updated ON migration (updated_at);
CREATE INDEX migration_finished ON migration (updated_at) WHERE status = 'FINISHED';
