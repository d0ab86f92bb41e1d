-- A shelved server: the image that its disk became; none for one that boots from a volume.
CREATE TABLE server_shelf (
    server_id  TEXT PRIMARY KEY REFERENCES server (id),
    image_id   TEXT,
    shelved_at BIGINT NOT NULL
);
CREATE INDEX server_shelf_time ON server_shelf (shelved_at);

-- A server under rescue: the image that its guest runs from, and the password inside.
CREATE TABLE server_rescue (
    server_id TEXT PRIMARY KEY REFERENCES server (id),
    image_id  TEXT NOT NULL,
    password  TEXT NOT NULL
);
