-- A partial index helps only a query that repeats its condition; the ports of a device are asked for by value alone, and
-- every such question read the whole table.
DROP INDEX port_device;
CREATE INDEX port_device ON port (device_id);
