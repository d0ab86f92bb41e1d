CREATE TABLE flow (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    params      TEXT NOT NULL,
    state       TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    error       TEXT,
    detail      TEXT,
    owner       TEXT,
    lease_until BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX flow_open ON flow (lease_until) WHERE finished_at IS NULL;
CREATE INDEX flow_resource ON flow (resource_id, created_at);
CREATE INDEX flow_request ON flow (request_id);
CREATE INDEX flow_created ON flow (created_at, id);

CREATE TABLE flow_task (
    flow_id     TEXT NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,
    started_at  BIGINT,
    finished_at BIGINT,
    reverted_at BIGINT,
    error       TEXT,
    PRIMARY KEY (flow_id, position)
);

CREATE TABLE event (
    sequence    ${serial},
    type        TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    payload     TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX event_at ON event (at);

CREATE TABLE quota_limit (
    service    TEXT NOT NULL,
    project_id TEXT NOT NULL,
    resource   TEXT NOT NULL,
    hard_limit BIGINT NOT NULL,
    PRIMARY KEY (service, project_id, resource)
);

CREATE TABLE quota_usage (
    service    TEXT NOT NULL,
    project_id TEXT NOT NULL,
    resource   TEXT NOT NULL,
    used       BIGINT NOT NULL,
    PRIMARY KEY (service, project_id, resource)
);
