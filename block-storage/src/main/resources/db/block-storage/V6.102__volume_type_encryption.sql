CREATE TABLE volume_type_encryption (
    type_id          TEXT PRIMARY KEY REFERENCES volume_type (id) ON DELETE CASCADE,
    encryption_id    TEXT NOT NULL,
    provider         TEXT NOT NULL,
    control_location TEXT NOT NULL,
    cipher           TEXT,
    key_size         INTEGER,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT
);
