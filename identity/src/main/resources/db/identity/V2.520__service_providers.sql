-- Other clouds that trust this one's users.
CREATE TABLE identity_service_provider (
    id                 TEXT PRIMARY KEY,
    enabled            INTEGER NOT NULL,
    description        TEXT,
    auth_url           TEXT NOT NULL,
    sp_url             TEXT NOT NULL,
    relay_state_prefix TEXT NOT NULL
);
CREATE INDEX identity_service_provider_enabled ON identity_service_provider (enabled, id);
