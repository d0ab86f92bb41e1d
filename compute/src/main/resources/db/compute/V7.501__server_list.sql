-- SQLite looks at every condition on an index's columns before it fetches the row: with what users filter by in the index
-- that gives a list its order, a page under a rare filter reads the narrow index and not the servers themselves.
-- PostgreSQL would not, and bounds the length of an entry; there the columns of the order are all.
DROP INDEX server_created;
DROP INDEX server_project;
CREATE INDEX server_list ON server (created_at, id
${sqlite}, deleted_at, project_id, user_id, name, hostname, description, vm_state, task_state, power_state, host, zone
${sqlite}, flavor_id, image_id, key_name, config_drive, access_v4, access_v6, locked_by, updated_at, launched_at, terminated_at
);
CREATE INDEX server_project ON server (project_id, created_at, id
${sqlite}, deleted_at, user_id, name, hostname, description, vm_state, task_state, power_state, host, zone
${sqlite}, flavor_id, image_id, key_name, config_drive, access_v4, access_v6, locked_by, updated_at, launched_at, terminated_at
);
