-- Which endpoints stand in the catalog of a project. A project without any row here sees all of them.
CREATE TABLE identity_project_endpoint (
    project_id  TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
    endpoint_id TEXT NOT NULL REFERENCES identity_endpoint (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, endpoint_id)
);
CREATE INDEX identity_project_endpoint_endpoint ON identity_project_endpoint (endpoint_id);

-- An endpoint belongs to a group when it has all the values in the group's filters, a JSON object.
CREATE TABLE identity_endpoint_group (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT,
    filters     TEXT NOT NULL
);
CREATE INDEX identity_endpoint_group_name ON identity_endpoint_group (name);

CREATE TABLE identity_project_endpoint_group (
    project_id        TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
    endpoint_group_id TEXT NOT NULL REFERENCES identity_endpoint_group (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, endpoint_group_id)
);
CREATE INDEX identity_project_endpoint_group_group ON identity_project_endpoint_group (endpoint_group_id);
