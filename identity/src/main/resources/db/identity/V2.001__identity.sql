-- Grows with each change of anything that a token or a catalog rests on.
CREATE TABLE identity_epoch (
    id INTEGER PRIMARY KEY,
    n  BIGINT NOT NULL
);
INSERT INTO identity_epoch (id, n) VALUES (1, 0);

-- Projects, and domains as projects with is_domain = 1. A domain stands in no domain: its domain_id is ''.
CREATE TABLE identity_project (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    domain_id   TEXT NOT NULL,
    parent_id   TEXT REFERENCES identity_project (id),
    is_domain   INTEGER NOT NULL,
    enabled     INTEGER NOT NULL,
    description TEXT NOT NULL,
    extra       TEXT NOT NULL,
    options     TEXT NOT NULL,
    UNIQUE (domain_id, name)
);
CREATE INDEX identity_project_parent ON identity_project (parent_id);
CREATE INDEX identity_project_kind ON identity_project (is_domain, name);

CREATE TABLE identity_project_tag (
    project_id TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    PRIMARY KEY (project_id, name)
);
CREATE INDEX identity_project_tag_name ON identity_project_tag (name, project_id);

CREATE TABLE identity_user (
    id                 TEXT PRIMARY KEY,
    domain_id          TEXT NOT NULL REFERENCES identity_project (id),
    name               TEXT NOT NULL,
    enabled            INTEGER NOT NULL,
    default_project_id TEXT,
    extra              TEXT NOT NULL,
    options            TEXT NOT NULL,
    created_at         BIGINT NOT NULL,
    last_active_at     BIGINT,
    failed_auth_count  INTEGER NOT NULL,
    failed_auth_at     BIGINT,
    UNIQUE (domain_id, name)
);
CREATE INDEX identity_user_name ON identity_user (name);
CREATE INDEX identity_user_default_project ON identity_user (default_project_id);

-- The newest row is the password in force; the older ones are its history.
CREATE TABLE identity_password (
    id            ${serial},
    user_id       TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    self_service  INTEGER NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT
);
CREATE INDEX identity_password_user ON identity_password (user_id, id);

CREATE TABLE identity_group (
    id          TEXT PRIMARY KEY,
    domain_id   TEXT NOT NULL REFERENCES identity_project (id),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    extra       TEXT NOT NULL,
    UNIQUE (domain_id, name)
);
CREATE INDEX identity_group_name ON identity_group (name);

CREATE TABLE identity_group_member (
    group_id TEXT NOT NULL REFERENCES identity_group (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX identity_group_member_user ON identity_group_member (user_id);

-- domain_id is '' for a role of the whole cloud.
CREATE TABLE identity_role (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    domain_id   TEXT NOT NULL,
    description TEXT,
    extra       TEXT NOT NULL,
    options     TEXT NOT NULL,
    UNIQUE (domain_id, name)
);

CREATE TABLE identity_implied_role (
    prior_role_id   TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
    implied_role_id TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
    PRIMARY KEY (prior_role_id, implied_role_id)
);

-- actor_type user or group; target_type project, domain or system (whose target_id is 'system').
-- Actors may come from a directory that is not ours, so they are no foreign keys.
CREATE TABLE identity_assignment (
    actor_type  TEXT NOT NULL,
    actor_id    TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id   TEXT NOT NULL,
    role_id     TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
    inherited   INTEGER NOT NULL,
    PRIMARY KEY (actor_id, actor_type, target_type, target_id, role_id, inherited)
);
CREATE INDEX identity_assignment_target ON identity_assignment (target_id, target_type);
CREATE INDEX identity_assignment_role ON identity_assignment (role_id);

CREATE TABLE identity_region (
    id               TEXT PRIMARY KEY,
    description      TEXT NOT NULL,
    parent_region_id TEXT REFERENCES identity_region (id),
    extra            TEXT NOT NULL
);

CREATE TABLE identity_service (
    id      TEXT PRIMARY KEY,
    type    TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    extra   TEXT NOT NULL
);
CREATE INDEX identity_service_type ON identity_service (type);

CREATE TABLE identity_endpoint (
    id         TEXT PRIMARY KEY,
    service_id TEXT NOT NULL REFERENCES identity_service (id) ON DELETE CASCADE,
    interface  TEXT NOT NULL,
    region_id  TEXT REFERENCES identity_region (id),
    url        TEXT NOT NULL,
    enabled    INTEGER NOT NULL,
    extra      TEXT NOT NULL
);
CREATE INDEX identity_endpoint_service ON identity_endpoint (service_id);
CREATE INDEX identity_endpoint_region ON identity_endpoint (region_id);

CREATE TABLE identity_app_credential (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
    project_id   TEXT,
    system       TEXT,
    name         TEXT NOT NULL,
    description  TEXT,
    secret_hash  TEXT NOT NULL,
    unrestricted INTEGER,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    UNIQUE (user_id, name)
);
CREATE INDEX identity_app_credential_project ON identity_app_credential (project_id);

CREATE TABLE identity_app_credential_role (
    app_credential_id TEXT NOT NULL REFERENCES identity_app_credential (id) ON DELETE CASCADE,
    role_id           TEXT NOT NULL REFERENCES identity_role (id) ON DELETE CASCADE,
    PRIMARY KEY (app_credential_id, role_id)
);

-- The blob is a Fernet token under the credential keys; key_hash names the key.
CREATE TABLE identity_credential (
    id             TEXT PRIMARY KEY,
    user_id        TEXT NOT NULL,
    project_id     TEXT,
    type           TEXT NOT NULL,
    encrypted_blob TEXT NOT NULL,
    key_hash       TEXT NOT NULL,
    extra          TEXT NOT NULL
);
CREATE INDEX identity_credential_user ON identity_credential (user_id, type);
CREATE INDEX identity_credential_project ON identity_credential (project_id);

-- Each column that is set must match the token; issued_before is exclusive.
CREATE TABLE identity_revocation (
    id             ${serial},
    audit_id       TEXT,
    audit_chain_id TEXT,
    user_id        TEXT,
    project_id     TEXT,
    domain_id      TEXT,
    issued_before  BIGINT NOT NULL,
    revoked_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX identity_revocation_audit ON identity_revocation (audit_id);
CREATE INDEX identity_revocation_chain ON identity_revocation (audit_chain_id);
CREATE INDEX identity_revocation_user ON identity_revocation (user_id);
CREATE INDEX identity_revocation_project ON identity_revocation (project_id);
CREATE INDEX identity_revocation_domain ON identity_revocation (domain_id);
CREATE INDEX identity_revocation_expires ON identity_revocation (expires_at);
