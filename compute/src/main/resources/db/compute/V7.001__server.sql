-- number counts servers up: instance names (instance-00000008) come from it.
CREATE TABLE server (
    number         ${serial},
    id             TEXT NOT NULL UNIQUE,
    project_id     TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    name           TEXT NOT NULL,
    hostname       TEXT NOT NULL,
    description    TEXT,
    vm_state       TEXT NOT NULL,
    task_state     TEXT NOT NULL,
    power_state    TEXT NOT NULL,
    host           TEXT,
    zone           TEXT,
    wanted         TEXT NOT NULL,
    flavor_id      TEXT NOT NULL,
    flavor         TEXT NOT NULL,
    image_id       TEXT,
    key_name       TEXT,
    config_drive   INTEGER NOT NULL,
    reservation_id TEXT NOT NULL,
    launch_index   INTEGER NOT NULL,
    metadata       TEXT NOT NULL,
    access_v4      TEXT,
    access_v6      TEXT,
    locked_by      TEXT,
    locked_reason  TEXT,
    fault          TEXT,
    password       TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    launched_at    BIGINT,
    terminated_at  BIGINT,
    deleted_at     BIGINT,
    generation     INTEGER NOT NULL
);
CREATE INDEX server_project ON server (project_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX server_created ON server (created_at, id);
CREATE INDEX server_updated ON server (updated_at);
CREATE INDEX server_host ON server (host) WHERE deleted_at IS NULL;
CREATE INDEX server_reservation ON server (reservation_id);

CREATE TABLE server_tag (
    server_id TEXT NOT NULL REFERENCES server (id),
    tag       TEXT NOT NULL,
    PRIMARY KEY (server_id, tag)
);
CREATE INDEX server_tag_tag ON server_tag (tag);

-- A volume of a server. The attachment's id is block storage's.
CREATE TABLE server_volume (
    attachment_id         TEXT PRIMARY KEY,
    server_id             TEXT NOT NULL REFERENCES server (id),
    volume_id             TEXT NOT NULL,
    state                 TEXT NOT NULL,
    device                TEXT NOT NULL,
    boot_index            INTEGER NOT NULL,
    delete_on_termination INTEGER NOT NULL,
    tag                   TEXT,
    bdm_id                TEXT NOT NULL,
    created_at            BIGINT NOT NULL,
    UNIQUE (server_id, volume_id),
    UNIQUE (server_id, device)
);
CREATE INDEX server_volume_volume ON server_volume (volume_id);

CREATE TABLE server_action (
    number     ${serial},
    server_id  TEXT NOT NULL REFERENCES server (id),
    request_id TEXT NOT NULL,
    action     TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    message    TEXT
);
CREATE INDEX server_action_server ON server_action (server_id, number);
