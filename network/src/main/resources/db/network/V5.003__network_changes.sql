-- Which ports of a network were touched last: DHCP looks at these again, and only these. An empty port: at all.
CREATE TABLE network_change (
    network_id TEXT NOT NULL REFERENCES network (id) ON DELETE CASCADE,
    serial     BIGINT NOT NULL,
    port_id    TEXT NOT NULL,
    PRIMARY KEY (network_id, serial)
);

-- Counts the changes of the network's ports.
ALTER TABLE network ADD COLUMN port_serial BIGINT NOT NULL DEFAULT 0;
