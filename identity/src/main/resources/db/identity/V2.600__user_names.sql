-- Parts of users' names, so that a filter on a part finds the few users who have it. What is in the index: the name in
-- lower case (of ASCII, as LOWER has it), one mark before it and two behind, so that its beginning and its end are
-- parts like others. A rowid changes with VACUUM, hence a number of each user's own. See ADR 20.
${sqlite} ALTER TABLE identity_user ADD COLUMN n BIGINT;
${sqlite} UPDATE identity_user SET n = rowid;
${sqlite} CREATE UNIQUE INDEX identity_user_by_n ON identity_user (n);
${sqlite} CREATE VIRTUAL TABLE identity_user_part
${sqlite}     USING fts5 (name, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1');
${sqlite} CREATE VIRTUAL TABLE identity_user_part_term USING fts5vocab (identity_user_part, instance);
${sqlite} INSERT INTO identity_user_part (rowid, name)
${sqlite} SELECT n, CHAR(2) || LOWER(name) || CHAR(3, 3) FROM identity_user;

${sqlite} CREATE TRIGGER identity_user_part_insert AFTER INSERT ON identity_user BEGIN
${sqlite}     UPDATE identity_user SET n = (SELECT COALESCE(MAX(n), 0) + 1 FROM identity_user) WHERE id = NEW.id AND n IS NULL;
${sqlite}     INSERT INTO identity_user_part (rowid, name)
${sqlite}     SELECT n, CHAR(2) || LOWER(name) || CHAR(3, 3) FROM identity_user WHERE id = NEW.id;
${sqlite} END;
${sqlite} CREATE TRIGGER identity_user_part_update AFTER UPDATE OF name ON identity_user WHEN NEW.name <> OLD.name BEGIN
${sqlite}     INSERT INTO identity_user_part (identity_user_part, rowid, name)
${sqlite}     VALUES ('delete', OLD.n, CHAR(2) || LOWER(OLD.name) || CHAR(3, 3));
${sqlite}     INSERT INTO identity_user_part (rowid, name) VALUES (NEW.n, CHAR(2) || LOWER(NEW.name) || CHAR(3, 3));
${sqlite} END;
${sqlite} CREATE TRIGGER identity_user_part_delete AFTER DELETE ON identity_user BEGIN
${sqlite}     INSERT INTO identity_user_part (identity_user_part, rowid, name)
${sqlite}     VALUES ('delete', OLD.n, CHAR(2) || LOWER(OLD.name) || CHAR(3, 3));
${sqlite} END;

-- Parts that many users have are found on a walk; these say all that users filter by, so that the walk reads no row.
${sqlite} CREATE INDEX identity_user_by_id ON identity_user (id, name, enabled, domain_id);
${sqlite} DROP INDEX identity_user_by_domain;
${sqlite} CREATE INDEX identity_user_by_domain ON identity_user (domain_id, id, name);
${sqlite} DROP INDEX identity_user_by_enabled;
${sqlite} CREATE INDEX identity_user_by_enabled ON identity_user (enabled, id, name, domain_id);
${sqlite} DROP INDEX identity_user_by_domain_enabled;
${sqlite} CREATE INDEX identity_user_by_domain_enabled ON identity_user (domain_id, enabled, id, name);
${sqlite} DROP INDEX identity_user_by_expiry;
${sqlite} CREATE INDEX identity_user_by_expiry ON identity_user (password_expires_at, id, name, enabled, domain_id);

-- PostgreSQL: the same by pg_trgm, which whoever may make things in the database may install since 13. Where it is not to be
-- had, such filters scan as before; who installs it later makes the index by hand (docs/operations.md).
${postgresql} DO $trigram$
${postgresql} BEGIN
${postgresql}     CREATE EXTENSION IF NOT EXISTS pg_trgm;
${postgresql}     CREATE INDEX identity_user_by_part ON identity_user USING gin (LOWER(name) gin_trgm_ops);
${postgresql} EXCEPTION WHEN OTHERS THEN
${postgresql}     RAISE WARNING 'no index of parts of users'' names: %', SQLERRM;
${postgresql} END
${postgresql} $trigram$;
