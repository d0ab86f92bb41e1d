CREATE TABLE image_task (
    id         TEXT PRIMARY KEY,
    type       TEXT NOT NULL,
    status     TEXT NOT NULL,
    owner      TEXT NOT NULL,
    image_id   TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    request_id TEXT NOT NULL,
    input      TEXT NOT NULL,
    result     TEXT,
    message    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Set when the task ends: when it may be forgotten.
    expires_at BIGINT
);
CREATE INDEX image_task_created ON image_task (created_at, id);
CREATE INDEX image_task_owner ON image_task (owner, created_at, id);
CREATE INDEX image_task_image ON image_task (image_id, created_at);
CREATE INDEX image_task_expires ON image_task (expires_at) WHERE expires_at IS NOT NULL;
