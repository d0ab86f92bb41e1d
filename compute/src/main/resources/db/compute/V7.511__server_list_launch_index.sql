-- The last documented sort key that the lists' indexes did not hold.
DROP INDEX server_list;
DROP INDEX server_project;
CREATE INDEX server_list ON server (created_at, id
${sqlite}, deleted_at, project_id, user_id, name, hostname, description, vm_state, task_state, power_state, host, zone
${sqlite}, flavor_id, image_id, key_name, config_drive, access_v4, access_v6, locked_by, updated_at, launched_at, terminated_at, launch_index
);
CREATE INDEX server_project ON server (project_id, created_at, id
${sqlite}, deleted_at, user_id, name, hostname, description, vm_state, task_state, power_state, host, zone
${sqlite}, flavor_id, image_id, key_name, config_drive, access_v4, access_v6, locked_by, updated_at, launched_at, terminated_at, launch_index
);
