-- The order of a list is that of Nova: by the time of creation, then by the number. An index of only the servers that are not
-- deleted looks cheap to SQLite's planner for lists of any order, and it fetches each server: a condition becomes a column.
DROP INDEX server_host;
CREATE INDEX server_host ON server (host, deleted_at);
DROP INDEX server_list;
DROP INDEX server_project;
CREATE INDEX server_list ON server (created_at, number, id
${sqlite}, deleted_at, project_id, user_id, name, hostname, description, vm_state, task_state, power_state, host, zone
${sqlite}, flavor_id, image_id, key_name, config_drive, access_v4, access_v6, locked_by, updated_at, launched_at, terminated_at, launch_index
);
CREATE INDEX server_project ON server (project_id, created_at, number, id
${sqlite}, deleted_at, user_id, name, hostname, description, vm_state, task_state, power_state, host, zone
${sqlite}, flavor_id, image_id, key_name, config_drive, access_v4, access_v6, locked_by, updated_at, launched_at, terminated_at, launch_index
);
