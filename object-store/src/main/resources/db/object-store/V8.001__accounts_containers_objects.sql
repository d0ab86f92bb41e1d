CREATE TABLE object_account (
    name       TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    -- Of the project that the account is of; empty while unknown.
    domain_id  TEXT NOT NULL,
    -- What its containers add up to; changed in the transaction that changes them.
    containers BIGINT NOT NULL,
    objects    BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    -- Headers by their names, as JSON.
    headers    TEXT NOT NULL
);

CREATE TABLE object_container (
    id         ${serial},
    account    TEXT NOT NULL REFERENCES object_account (name),
    name       TEXT ${bytewise} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Objects that are listed, and the bytes of these and of their older versions.
    objects    BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    headers    TEXT NOT NULL,
    UNIQUE (account, name)
);

CREATE TABLE stored_object (
    container_id BIGINT NOT NULL REFERENCES object_container (id),
    name         TEXT ${bytewise} NOT NULL,
    -- The file that holds the bytes.
    data_id      TEXT NOT NULL,
    bytes        BIGINT NOT NULL,
    etag         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    -- Microseconds: when the request that wrote it began. The later one wins.
    stamp        BIGINT NOT NULL,
    -- When its metadata were changed last.
    updated_at   BIGINT NOT NULL,
    delete_at    BIGINT,
    -- Of a static large object, whose bytes are its manifest: what its segments add up to.
    slo_bytes    BIGINT,
    slo_etag     TEXT,
    versioned    INTEGER NOT NULL,
    headers      TEXT NOT NULL,
    PRIMARY KEY (container_id, name)
);
CREATE INDEX stored_object_data ON stored_object (data_id);
CREATE INDEX stored_object_delete_at ON stored_object (delete_at) WHERE delete_at IS NOT NULL;

-- What was current once in a container that keeps versions, and the marks of deletions.
CREATE TABLE object_version (
    container_id BIGINT NOT NULL REFERENCES object_container (id),
    name         TEXT ${bytewise} NOT NULL,
    data_id      TEXT NOT NULL,
    bytes        BIGINT NOT NULL,
    etag         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    stamp        BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    delete_at    BIGINT,
    slo_bytes    BIGINT,
    slo_etag     TEXT,
    versioned    INTEGER NOT NULL,
    headers      TEXT NOT NULL,
    -- A mark of a deletion has no data.
    marker       INTEGER NOT NULL,
    PRIMARY KEY (container_id, name, stamp)
);
CREATE INDEX object_version_data ON object_version (data_id) WHERE marker = 0;

-- Data that were found damaged and whose row was taken away.
CREATE TABLE object_quarantine (
    data_id    TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    container  TEXT NOT NULL,
    name       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
