CREATE TABLE fake_port (
    number     ${serial},
    id         TEXT NOT NULL UNIQUE,
    server_id  TEXT,
    network_id TEXT NOT NULL,
    ours       INTEGER NOT NULL,
    host       TEXT,
    tag        TEXT,
    groups     TEXT NOT NULL
);
CREATE INDEX fake_port_server ON fake_port (server_id);
