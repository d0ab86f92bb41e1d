-- SQLite looks at every condition on an index's columns before it fetches the row (see compute's server_list).
DROP INDEX volume_created;
DROP INDEX volume_project;
CREATE INDEX volume_list ON volume (created_at, id
${sqlite}, project_id, user_id, name, description, status, bootable, size_gib, availability_zone, host, type_id, updated_at
${sqlite}, multiattach, consumes_quota, snapshot_id, source_volume_id, image_id
);
CREATE INDEX volume_project ON volume (project_id, created_at, id
${sqlite}, user_id, name, description, status, bootable, size_gib, availability_zone, host, type_id, updated_at
${sqlite}, multiattach, consumes_quota, snapshot_id, source_volume_id, image_id
);
