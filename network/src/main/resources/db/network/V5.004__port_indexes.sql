-- A condition `device_id = ?` does not say that the value is not empty, so the partial index was never used.
DROP INDEX port_device;
CREATE INDEX port_device ON port (device_id);
-- The few ports of the house's own among thousands: DHCP's, routers'.
CREATE INDEX port_network_owner ON port (network_id, device_owner);
