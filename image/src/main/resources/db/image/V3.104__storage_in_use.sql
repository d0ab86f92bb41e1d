-- Bytes in use count from now on; what is there already is in use.
INSERT INTO quota_usage (service, project_id, resource, used)
SELECT 'image', owner, 'image_size_total', SUM(size)
  FROM image
 WHERE status IN ('active', 'deactivated') AND size > 0
 GROUP BY owner;
