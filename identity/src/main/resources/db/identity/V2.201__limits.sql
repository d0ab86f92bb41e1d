-- A registered limit is the default of a resource; region_id is NULL where it holds for all regions.
CREATE TABLE identity_registered_limit (
    id            TEXT PRIMARY KEY,
    service_id    TEXT NOT NULL REFERENCES identity_service (id),
    region_id     TEXT REFERENCES identity_region (id),
    resource_name TEXT NOT NULL,
    default_limit INTEGER NOT NULL,
    description   TEXT
);
CREATE UNIQUE INDEX identity_registered_limit_of
    ON identity_registered_limit (service_id, resource_name, COALESCE(region_id, ''));

-- What a project or a domain has instead; one of the two ids is set, both name rows of identity_project.
CREATE TABLE identity_limit (
    id                  TEXT PRIMARY KEY,
    registered_limit_id TEXT NOT NULL REFERENCES identity_registered_limit (id),
    project_id          TEXT REFERENCES identity_project (id) ON DELETE CASCADE,
    domain_id           TEXT REFERENCES identity_project (id) ON DELETE CASCADE,
    resource_limit      INTEGER NOT NULL,
    description         TEXT,
    UNIQUE (registered_limit_id, project_id),
    UNIQUE (registered_limit_id, domain_id)
);
CREATE INDEX identity_limit_project ON identity_limit (project_id);
CREATE INDEX identity_limit_domain ON identity_limit (domain_id);
