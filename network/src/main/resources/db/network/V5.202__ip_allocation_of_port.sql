-- Lists of ports are filtered by parts of their addresses, and show them: the index of a port's addresses holds them.
DROP INDEX ip_allocation_port;
CREATE INDEX ip_allocation_port ON ip_allocation (port_id, position, ip, subnet_id);
