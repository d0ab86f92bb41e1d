CREATE TABLE server_group (
    number              ${serial},
    id                  TEXT NOT NULL UNIQUE,
    project_id          TEXT NOT NULL,
    user_id             TEXT NOT NULL,
    name                TEXT NOT NULL,
    policy              TEXT NOT NULL,
    max_server_per_host INTEGER,
    created_at          BIGINT NOT NULL
);
CREATE INDEX server_group_project ON server_group (project_id, number);
CREATE TABLE server_group_member (
    server_id TEXT PRIMARY KEY,
    group_id  TEXT NOT NULL REFERENCES server_group (id) ON DELETE CASCADE
);
CREATE INDEX server_group_member_group ON server_group_member (group_id);
