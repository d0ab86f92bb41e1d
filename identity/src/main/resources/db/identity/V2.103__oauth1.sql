CREATE TABLE identity_consumer (
    id          TEXT PRIMARY KEY,
    description TEXT,
    secret      TEXT NOT NULL,
    extra       TEXT NOT NULL
);

-- role_ids is a JSON list; it, verifier and authorizing_user_id are set when somebody authorises the token.
CREATE TABLE identity_request_token (
    id                  TEXT PRIMARY KEY,
    consumer_id         TEXT NOT NULL REFERENCES identity_consumer (id) ON DELETE CASCADE,
    secret              TEXT NOT NULL,
    project_id          TEXT NOT NULL,
    verifier            TEXT,
    authorizing_user_id TEXT,
    role_ids            TEXT NOT NULL,
    expires_at          BIGINT
);
CREATE INDEX identity_request_token_consumer ON identity_request_token (consumer_id);
CREATE INDEX identity_request_token_expires ON identity_request_token (expires_at);

CREATE TABLE identity_access_token (
    id                  TEXT PRIMARY KEY,
    consumer_id         TEXT NOT NULL REFERENCES identity_consumer (id) ON DELETE CASCADE,
    secret              TEXT NOT NULL,
    project_id          TEXT NOT NULL,
    authorizing_user_id TEXT NOT NULL,
    role_ids            TEXT NOT NULL,
    expires_at          BIGINT
);
CREATE INDEX identity_access_token_consumer ON identity_access_token (consumer_id);
CREATE INDEX identity_access_token_user ON identity_access_token (authorizing_user_id);
CREATE INDEX identity_access_token_project ON identity_access_token (project_id);

-- RFC 5849, section 3.3: no request is taken twice.
CREATE TABLE identity_oauth_nonce (
    consumer_id TEXT NOT NULL,
    token       TEXT NOT NULL,
    nonce       TEXT NOT NULL,
    stamp       BIGINT NOT NULL,
    PRIMARY KEY (consumer_id, token, nonce, stamp)
);
CREATE INDEX identity_oauth_nonce_stamp ON identity_oauth_nonce (stamp);
