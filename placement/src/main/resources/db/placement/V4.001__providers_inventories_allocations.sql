CREATE TABLE resource_class (
    id         ${serial},
    name       TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE trait (
    id         ${serial},
    name       TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE resource_provider (
    id          ${serial},
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE,
    generation  BIGINT NOT NULL,
    parent_uuid TEXT REFERENCES resource_provider (uuid),
    root_uuid   TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX resource_provider_root ON resource_provider (root_uuid);
CREATE INDEX resource_provider_parent ON resource_provider (parent_uuid);

-- capacity = floor((total - reserved) * allocation_ratio); used = the sum of the allocations, kept in their transaction
CREATE TABLE inventory (
    id               ${serial},
    provider_uuid    TEXT NOT NULL REFERENCES resource_provider (uuid) ON DELETE CASCADE,
    resource_class   TEXT NOT NULL REFERENCES resource_class (name),
    total            BIGINT NOT NULL,
    reserved         BIGINT NOT NULL,
    min_unit         BIGINT NOT NULL,
    max_unit         BIGINT NOT NULL,
    step_size        BIGINT NOT NULL,
    allocation_ratio TEXT NOT NULL,
    capacity         BIGINT NOT NULL,
    used             BIGINT NOT NULL,
    UNIQUE (provider_uuid, resource_class)
);
CREATE INDEX inventory_class ON inventory (resource_class, provider_uuid);

CREATE TABLE provider_trait (
    provider_uuid TEXT NOT NULL REFERENCES resource_provider (uuid) ON DELETE CASCADE,
    trait         TEXT NOT NULL REFERENCES trait (name),
    PRIMARY KEY (provider_uuid, trait)
);
CREATE INDEX provider_trait_trait ON provider_trait (trait, provider_uuid);

CREATE TABLE provider_aggregate (
    provider_uuid  TEXT NOT NULL REFERENCES resource_provider (uuid) ON DELETE CASCADE,
    aggregate_uuid TEXT NOT NULL,
    PRIMARY KEY (provider_uuid, aggregate_uuid)
);
CREATE INDEX provider_aggregate_aggregate ON provider_aggregate (aggregate_uuid, provider_uuid);

CREATE TABLE consumer (
    uuid          TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    generation    BIGINT NOT NULL,
    consumer_type TEXT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE INDEX consumer_project ON consumer (project_id, user_id);

CREATE TABLE allocation (
    consumer_uuid  TEXT NOT NULL REFERENCES consumer (uuid),
    provider_uuid  TEXT NOT NULL,
    resource_class TEXT NOT NULL,
    used           BIGINT NOT NULL,
    PRIMARY KEY (consumer_uuid, provider_uuid, resource_class),
    FOREIGN KEY (provider_uuid, resource_class) REFERENCES inventory (provider_uuid, resource_class)
);
CREATE INDEX allocation_provider ON allocation (provider_uuid, resource_class);
