-- A token opens a console for whoever has it, so only its hash is kept.
CREATE TABLE console_token (
    hash       TEXT PRIMARY KEY,
    server_id  TEXT NOT NULL,
    host       TEXT NOT NULL,
    address    TEXT NOT NULL,
    port       INTEGER NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX console_token_expires ON console_token (expires_at);
