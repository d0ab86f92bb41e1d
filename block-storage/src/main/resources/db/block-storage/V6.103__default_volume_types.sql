CREATE TABLE default_volume_type (
    project_id TEXT PRIMARY KEY,
    type_id    TEXT NOT NULL REFERENCES volume_type (id)
);
