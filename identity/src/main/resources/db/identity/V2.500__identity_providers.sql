-- Who else may say who a user is. A provider goes with the domain that its users stand in.
CREATE TABLE identity_idp (
    id                TEXT PRIMARY KEY,
    domain_id         TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
    enabled           INTEGER NOT NULL,
    description       TEXT,
    authorization_ttl BIGINT
);
CREATE INDEX identity_idp_domain ON identity_idp (domain_id);

-- The names under which a provider's assertions arrive. A name belongs to one provider.
CREATE TABLE identity_idp_remote_id (
    remote_id TEXT PRIMARY KEY,
    idp_id    TEXT NOT NULL REFERENCES identity_idp (id) ON DELETE CASCADE
);
CREATE INDEX identity_idp_remote_id_idp ON identity_idp_remote_id (idp_id);

-- mapping_id is no foreign key: as in Keystone a mapping may be deleted and made anew under a protocol.
CREATE TABLE identity_idp_protocol (
    idp_id              TEXT NOT NULL REFERENCES identity_idp (id) ON DELETE CASCADE,
    id                  TEXT NOT NULL,
    mapping_id          TEXT NOT NULL,
    remote_id_attribute TEXT,
    PRIMARY KEY (idp_id, id)
);
