-- SQLite looks at every condition on an index's columns before it fetches the row (see compute's server_list).
DROP INDEX port_project;
CREATE INDEX port_list ON port (id
${sqlite}, project_id, network_id, name, description, mac, admin_state_up, status, device_id, device_owner, host, revision
${sqlite}, dns_name, port_security, vnic_type, created_at, updated_at
);
CREATE INDEX port_project ON port (project_id, id
${sqlite}, network_id, name, description, mac, admin_state_up, status, device_id, device_owner, host, revision
${sqlite}, dns_name, port_security, vnic_type, created_at, updated_at
);
