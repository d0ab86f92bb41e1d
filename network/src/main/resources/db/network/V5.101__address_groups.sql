CREATE TABLE address_group (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX address_group_project ON address_group (project_id, id);

CREATE TABLE address_group_address (
    group_id TEXT NOT NULL REFERENCES address_group (id) ON DELETE CASCADE,
    address  TEXT NOT NULL,
    PRIMARY KEY (group_id, address)
);

ALTER TABLE security_group_rule ADD COLUMN remote_address_group_id TEXT REFERENCES address_group (id);
CREATE INDEX security_group_rule_address_group ON security_group_rule (remote_address_group_id)
    WHERE remote_address_group_id IS NOT NULL;
