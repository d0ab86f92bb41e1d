CREATE TABLE qos_spec (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    consumer   TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE qos_spec_item (
    qos_id TEXT NOT NULL REFERENCES qos_spec (id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (qos_id, key)
);

ALTER TABLE volume_type ADD COLUMN qos_id TEXT REFERENCES qos_spec (id);
