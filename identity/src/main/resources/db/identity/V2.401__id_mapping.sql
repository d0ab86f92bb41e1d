-- Users and groups of directories: the id that the API shows, and what it stands for. Keystone's table of this name.
-- What we need to remember of an entry itself stands in identity_user and identity_group, as a copy.
CREATE TABLE identity_id_mapping (
    public_id   TEXT PRIMARY KEY,
    domain_id   TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
    local_id    TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    UNIQUE (domain_id, entity_type, local_id)
);
