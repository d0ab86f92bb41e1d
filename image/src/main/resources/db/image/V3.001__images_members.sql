CREATE TABLE image (
    id               TEXT PRIMARY KEY,
    name             TEXT,
    status           TEXT NOT NULL,
    visibility       TEXT NOT NULL,
    owner            TEXT NOT NULL,
    size             BIGINT,
    virtual_size     BIGINT,
    checksum         TEXT,
    os_hash_algo     TEXT,
    os_hash_value    TEXT,
    disk_format      TEXT,
    container_format TEXT,
    min_disk         BIGINT NOT NULL,
    min_ram          BIGINT NOT NULL,
    protected        INTEGER NOT NULL,
    os_hidden        INTEGER NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    -- While data arrives: which attempt, in which process, and until when it must have said that it goes on.
    attempt          TEXT,
    attempt_process  TEXT,
    attempt_until    BIGINT
);
CREATE INDEX image_created ON image (created_at, id);
CREATE INDEX image_owner ON image (owner, created_at, id);
CREATE INDEX image_visibility ON image (visibility, created_at, id);
CREATE INDEX image_attempt ON image (attempt_until) WHERE attempt IS NOT NULL;

CREATE TABLE image_property (
    id       ${serial},
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    UNIQUE (image_id, name)
);
CREATE INDEX image_property_value ON image_property (name, value);

CREATE TABLE image_tag (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    tag      TEXT NOT NULL,
    PRIMARY KEY (image_id, tag)
);
CREATE INDEX image_tag_tag ON image_tag (tag, image_id);

CREATE TABLE image_member (
    image_id   TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    member_id  TEXT NOT NULL,
    status     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (image_id, member_id)
);
CREATE INDEX image_member_member ON image_member (member_id, status, image_id);
