-- The last documented sort key and filters that the lists' indexes did not hold.
DROP INDEX volume_list;
DROP INDEX volume_project;
CREATE INDEX volume_list ON volume (created_at, id
${sqlite}, project_id, user_id, name, description, status, bootable, size_gib, availability_zone, host, type_id, updated_at
${sqlite}, multiattach, consumes_quota, snapshot_id, source_volume_id, image_id, launched_at, group_id, migration_status
);
CREATE INDEX volume_project ON volume (project_id, created_at, id
${sqlite}, user_id, name, description, status, bootable, size_gib, availability_zone, host, type_id, updated_at
${sqlite}, multiattach, consumes_quota, snapshot_id, source_volume_id, image_id, launched_at, group_id, migration_status
);
