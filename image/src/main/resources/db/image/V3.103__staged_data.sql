-- What lies whole in the staging area, and what it is.
CREATE TABLE image_staged (
    image_id      TEXT PRIMARY KEY REFERENCES image (id) ON DELETE CASCADE,
    size          BIGINT NOT NULL,
    virtual_size  BIGINT,
    checksum      TEXT NOT NULL,
    os_hash_value TEXT NOT NULL
);
