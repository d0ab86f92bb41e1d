-- SQLite looks at every condition on an index's columns before it fetches the row (see compute's server_list).
DROP INDEX image_created;
CREATE INDEX image_list ON image (created_at, id
${sqlite}, owner, visibility, name, status, size, checksum, os_hash_value, disk_format, container_format, protected, os_hidden
${sqlite}, min_disk, min_ram, updated_at
);
