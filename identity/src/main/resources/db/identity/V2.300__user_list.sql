-- The end of the password in force stands with its user: a list filtered by it then needs no other table.
ALTER TABLE identity_user ADD COLUMN password_expires_at BIGINT;
UPDATE identity_user
   SET password_expires_at = (SELECT p.expires_at
                                FROM identity_password p
                               WHERE p.user_id = identity_user.id
                               ORDER BY p.id DESC
                               LIMIT 1);

-- One index for each way to walk the list: what a filter fixes, then the order of the pages.
CREATE INDEX identity_user_by_domain ON identity_user (domain_id, id);
CREATE INDEX identity_user_by_enabled ON identity_user (enabled, id);
CREATE INDEX identity_user_by_domain_enabled ON identity_user (domain_id, enabled, id);
CREATE INDEX identity_user_by_expiry ON identity_user (password_expires_at, id);
CREATE INDEX identity_user_by_lower_name ON identity_user (LOWER(name), id);
DROP INDEX identity_user_default_project;
CREATE INDEX identity_user_by_default_project ON identity_user (default_project_id, id);
