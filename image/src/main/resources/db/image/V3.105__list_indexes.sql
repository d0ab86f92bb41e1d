-- What lists are sorted and filtered by. The expressions are those of the list's ORDER BY.
CREATE INDEX image_sort_name ON image ((COALESCE(name, '')), created_at, id);
CREATE INDEX image_sort_status ON image (status, created_at, id);
CREATE INDEX image_sort_disk ON image ((COALESCE(disk_format, '')), created_at, id);
CREATE INDEX image_sort_container ON image ((COALESCE(container_format, '')), created_at, id);
CREATE INDEX image_sort_size ON image ((COALESCE(size, -1)), created_at, id);
CREATE INDEX image_sort_updated ON image (updated_at, created_at, id);
CREATE INDEX image_checksum ON image (checksum);
CREATE INDEX image_hash ON image (os_hash_value);
CREATE INDEX image_virtual_size ON image (virtual_size);
CREATE INDEX image_min_ram ON image (min_ram);
CREATE INDEX image_min_disk ON image (min_disk);
CREATE INDEX image_protected ON image (protected);
CREATE INDEX image_hidden ON image (os_hidden);
