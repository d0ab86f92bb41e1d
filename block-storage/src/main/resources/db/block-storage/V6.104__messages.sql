CREATE TABLE volume_message (
    id            TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    request_id    TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    event_id      TEXT NOT NULL,
    user_message  TEXT NOT NULL,
    message_level TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX volume_message_project ON volume_message (project_id, created_at, id);
CREATE INDEX volume_message_expires ON volume_message (expires_at);
