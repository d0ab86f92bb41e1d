ALTER TABLE volume ADD COLUMN migration_status TEXT;

-- The type that a retype in flight goes to; the volume counts as one of both until that has ended.
ALTER TABLE volume ADD COLUMN pending_type_id TEXT REFERENCES volume_type (id);
