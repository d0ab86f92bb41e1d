-- Who is in a group, by address (or by block, for allowed address pairs): whom remote-group rules let through.
CREATE TABLE security_group_member (
    group_id TEXT NOT NULL REFERENCES security_group (id),
    address  TEXT NOT NULL,
    port_id  TEXT NOT NULL REFERENCES port (id),
    PRIMARY KEY (group_id, address, port_id)
);
CREATE INDEX security_group_member_port ON security_group_member (port_id);

-- Which addresses of a group were touched last: a host that was told before looks at these again, and only these.
CREATE TABLE security_group_change (
    group_id TEXT NOT NULL REFERENCES security_group (id) ON DELETE CASCADE,
    serial   BIGINT NOT NULL,
    address  TEXT NOT NULL,
    PRIMARY KEY (group_id, serial, address)
);

-- Which hosts keep a group's members. No reference: a host may keep a group for a moment after its end.
CREATE TABLE security_group_host (
    group_id TEXT NOT NULL,
    host     TEXT NOT NULL,
    PRIMARY KEY (group_id, host)
);

-- Counts the changes of the group's members.
ALTER TABLE security_group ADD COLUMN member_serial BIGINT NOT NULL DEFAULT 0;

INSERT INTO security_group_member (group_id, address, port_id)
SELECT DISTINCT g.group_id, a.ip, g.port_id
  FROM port_security_group g
  JOIN ip_allocation a ON a.port_id = g.port_id;
