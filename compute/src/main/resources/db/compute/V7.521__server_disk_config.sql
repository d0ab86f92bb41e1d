-- The list's filter auto_disk_config. Most servers have one of the two values, few the other, and nobody knows which: each
-- value has the list's two orders, so that no page reads or sorts more than its own rows.
ALTER TABLE server ADD COLUMN auto_disk_config INTEGER NOT NULL DEFAULT 0;
UPDATE server SET auto_disk_config = 1 WHERE wanted LIKE '%"diskConfig":"AUTO"%';
CREATE INDEX server_auto ON server (created_at, id) WHERE auto_disk_config = 1;
CREATE INDEX server_auto_project ON server (project_id, created_at, id) WHERE auto_disk_config = 1;
CREATE INDEX server_manual ON server (created_at, id) WHERE auto_disk_config = 0;
CREATE INDEX server_manual_project ON server (project_id, created_at, id) WHERE auto_disk_config = 0;
