-- Trustor and trustee may come from a directory that is not ours, so they are no foreign keys. A trust that was deleted
-- is kept for a while: what it allowed can still be looked up.
CREATE TABLE identity_trust (
    id                   TEXT PRIMARY KEY,
    trustor_user_id      TEXT NOT NULL,
    trustee_user_id      TEXT NOT NULL,
    project_id           TEXT,
    impersonation        INTEGER NOT NULL,
    created_at           BIGINT NOT NULL,
    expires_at           BIGINT,
    deleted_at           BIGINT,
    remaining_uses       INTEGER,
    redelegated_trust_id TEXT,
    redelegation_count   INTEGER NOT NULL,
    extra                TEXT NOT NULL
);
CREATE INDEX identity_trust_trustor ON identity_trust (trustor_user_id);
CREATE INDEX identity_trust_trustee ON identity_trust (trustee_user_id);
CREATE INDEX identity_trust_project ON identity_trust (project_id);
CREATE INDEX identity_trust_redelegated ON identity_trust (redelegated_trust_id);
CREATE INDEX identity_trust_deleted ON identity_trust (deleted_at);

-- A role that is deleted stays named here: the trust then gives what its trustor does not have, so it is void.
CREATE TABLE identity_trust_role (
    trust_id TEXT NOT NULL REFERENCES identity_trust (id) ON DELETE CASCADE,
    role_id  TEXT NOT NULL,
    PRIMARY KEY (trust_id, role_id)
);
