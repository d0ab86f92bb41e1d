-- One remedy for lists: the index that orders them holds what they are filtered and sorted by, but for the hashes, which are
-- long and have indexes of their own.
DROP INDEX image_sort_name;
DROP INDEX image_sort_status;
DROP INDEX image_sort_disk;
DROP INDEX image_sort_container;
DROP INDEX image_sort_size;
DROP INDEX image_sort_updated;
DROP INDEX image_virtual_size;
DROP INDEX image_min_ram;
DROP INDEX image_min_disk;
DROP INDEX image_protected;
DROP INDEX image_hidden;
DROP INDEX image_visibility;
DROP INDEX image_owner;
DROP INDEX image_list;
CREATE INDEX image_list ON image (created_at, id
${sqlite}, owner, visibility, name, status, size, virtual_size, disk_format, container_format, protected, os_hidden
${sqlite}, min_disk, min_ram, os_hash_algo, updated_at
);
CREATE INDEX image_owner ON image (owner, created_at, id
${sqlite}, visibility, name, status, size, virtual_size, disk_format, container_format, protected, os_hidden
${sqlite}, min_disk, min_ram, os_hash_algo, updated_at
);
