CREATE TABLE service (
    number          ${serial},
    id              TEXT NOT NULL UNIQUE,
    program         TEXT NOT NULL,
    host            TEXT NOT NULL,
    disabled        INTEGER NOT NULL,
    disabled_reason TEXT,
    forced_down     INTEGER NOT NULL,
    reported_at     BIGINT NOT NULL,
    UNIQUE (host, program)
);
CREATE TABLE hypervisor (
    number         ${serial},
    id             TEXT NOT NULL UNIQUE,
    host           TEXT NOT NULL UNIQUE,
    hostname       TEXT NOT NULL,
    type           TEXT NOT NULL,
    version        BIGINT NOT NULL,
    cpu_info       TEXT NOT NULL,
    host_ip        TEXT NOT NULL,
    vcpus          INTEGER NOT NULL,
    memory_mib     BIGINT NOT NULL,
    disk_gib       BIGINT NOT NULL,
    free_disk_gib  BIGINT NOT NULL,
    uptime_seconds BIGINT NOT NULL,
    reported_at    BIGINT NOT NULL
);
CREATE TABLE aggregate (
    number     ${serial},
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT
);
CREATE TABLE aggregate_host (
    aggregate BIGINT NOT NULL REFERENCES aggregate (number) ON DELETE CASCADE,
    host      TEXT NOT NULL,
    PRIMARY KEY (aggregate, host)
);
CREATE INDEX aggregate_host_host ON aggregate_host (host);
CREATE TABLE aggregate_metadata (
    aggregate BIGINT NOT NULL REFERENCES aggregate (number) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (aggregate, name)
);
