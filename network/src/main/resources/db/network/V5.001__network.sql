CREATE TABLE network (
    id                    TEXT PRIMARY KEY,
    project_id            TEXT NOT NULL,
    name                  TEXT NOT NULL,
    description           TEXT NOT NULL,
    admin_state_up        INTEGER NOT NULL,
    external              INTEGER NOT NULL,
    is_default            INTEGER NOT NULL,
    mtu                   INTEGER NOT NULL,
    port_security_enabled INTEGER NOT NULL,
    dns_domain            TEXT NOT NULL,
    zone_hints            TEXT NOT NULL,
    network_type          TEXT NOT NULL,
    physical_network      TEXT,
    segmentation_id       INTEGER,
    dhcp_host             TEXT,
    revision              INTEGER NOT NULL,
    created_at            BIGINT NOT NULL,
    updated_at            BIGINT NOT NULL
);
CREATE INDEX network_project ON network (project_id, id);
CREATE INDEX network_name ON network (name);

-- Which segment belongs to which network: the key makes an allocation race-free.
CREATE TABLE network_segment (
    network_type     TEXT NOT NULL,
    physical_network TEXT NOT NULL,
    segmentation_id  INTEGER NOT NULL,
    network_id       TEXT NOT NULL REFERENCES network (id) ON DELETE CASCADE,
    PRIMARY KEY (network_type, physical_network, segmentation_id)
);
CREATE INDEX network_segment_network ON network_segment (network_id);

CREATE TABLE network_rbac (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL,
    object_type    TEXT NOT NULL,
    object_id      TEXT NOT NULL,
    action         TEXT NOT NULL,
    target_project TEXT NOT NULL,
    UNIQUE (object_id, action, target_project)
);
CREATE INDEX network_rbac_target ON network_rbac (target_project, object_type);

CREATE TABLE network_tag (
    resource_id TEXT NOT NULL,
    tag         TEXT NOT NULL,
    PRIMARY KEY (resource_id, tag)
);

CREATE TABLE address_scope (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    ip_version INTEGER NOT NULL,
    shared     INTEGER NOT NULL
);

CREATE TABLE subnet_pool (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    name              TEXT NOT NULL,
    description       TEXT NOT NULL,
    ip_version        INTEGER NOT NULL,
    prefixes          TEXT NOT NULL,
    default_prefixlen INTEGER NOT NULL,
    min_prefixlen     INTEGER NOT NULL,
    max_prefixlen     INTEGER NOT NULL,
    default_quota     INTEGER,
    shared            INTEGER NOT NULL,
    is_default        INTEGER NOT NULL,
    address_scope_id  TEXT REFERENCES address_scope (id),
    revision          INTEGER NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);

CREATE TABLE subnet (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    name              TEXT NOT NULL,
    description       TEXT NOT NULL,
    network_id        TEXT NOT NULL REFERENCES network (id),
    ip_version        INTEGER NOT NULL,
    cidr              TEXT NOT NULL,
    gateway_ip        TEXT,
    enable_dhcp       INTEGER NOT NULL,
    ipv6_ra_mode      TEXT,
    ipv6_address_mode TEXT,
    subnetpool_id     TEXT REFERENCES subnet_pool (id),
    pools             TEXT NOT NULL,
    host_routes       TEXT NOT NULL,
    dns_nameservers   TEXT NOT NULL,
    service_types     TEXT NOT NULL,
    revision          INTEGER NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE INDEX subnet_network ON subnet (network_id);
CREATE INDEX subnet_pool_subnets ON subnet (subnetpool_id);

CREATE TABLE security_group (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    stateful    INTEGER NOT NULL,
    standard    INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX security_group_standard ON security_group (project_id) WHERE standard = 1;
CREATE INDEX security_group_project ON security_group (project_id, name);

CREATE TABLE security_group_rule (
    id               TEXT PRIMARY KEY,
    project_id       TEXT NOT NULL,
    group_id         TEXT NOT NULL REFERENCES security_group (id) ON DELETE CASCADE,
    direction        TEXT NOT NULL,
    ethertype        TEXT NOT NULL,
    protocol         TEXT,
    port_min         INTEGER,
    port_max         INTEGER,
    remote_ip_prefix TEXT,
    remote_group_id  TEXT REFERENCES security_group (id) ON DELETE CASCADE,
    description      TEXT,
    revision         INTEGER NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);
CREATE INDEX security_group_rule_group ON security_group_rule (group_id);
CREATE INDEX security_group_rule_remote ON security_group_rule (remote_group_id);

CREATE TABLE port (
    id             TEXT PRIMARY KEY,
    project_id     TEXT NOT NULL,
    name           TEXT NOT NULL,
    description    TEXT NOT NULL,
    network_id     TEXT NOT NULL REFERENCES network (id),
    mac            TEXT NOT NULL,
    admin_state_up INTEGER NOT NULL,
    status         TEXT NOT NULL,
    device_id      TEXT NOT NULL,
    device_owner   TEXT NOT NULL,
    host           TEXT NOT NULL,
    vnic_type      TEXT NOT NULL,
    profile        TEXT NOT NULL,
    port_security  INTEGER NOT NULL,
    address_pairs  TEXT NOT NULL,
    dhcp_options   TEXT NOT NULL,
    dns_name       TEXT NOT NULL,
    -- on which host the tap is wanted; NULL: nowhere
    plugged_host   TEXT,
    -- made by compute for a server, which deletes it
    ours           INTEGER NOT NULL,
    device_tag     TEXT,
    -- order among the ports of one server
    position       INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    UNIQUE (network_id, mac)
);
CREATE INDEX port_project ON port (project_id, id);
CREATE INDEX port_device ON port (device_id) WHERE device_id <> '';
CREATE INDEX port_plugged ON port (plugged_host) WHERE plugged_host IS NOT NULL;

-- The key makes an allocation race-free.
CREATE TABLE ip_allocation (
    subnet_id TEXT NOT NULL REFERENCES subnet (id),
    ip        TEXT NOT NULL,
    port_id   TEXT NOT NULL REFERENCES port (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    PRIMARY KEY (subnet_id, ip)
);
CREATE INDEX ip_allocation_port ON ip_allocation (port_id);
CREATE INDEX ip_allocation_ip ON ip_allocation (ip);

CREATE TABLE port_security_group (
    port_id  TEXT NOT NULL REFERENCES port (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES security_group (id),
    PRIMARY KEY (port_id, group_id)
);
CREATE INDEX port_security_group_group ON port_security_group (group_id);

CREATE TABLE router (
    id                 TEXT PRIMARY KEY,
    project_id         TEXT NOT NULL,
    name               TEXT NOT NULL,
    description        TEXT NOT NULL,
    admin_state_up     INTEGER NOT NULL,
    status             TEXT NOT NULL,
    gateway_network_id TEXT REFERENCES network (id),
    gateway_port_id    TEXT,
    enable_snat        INTEGER NOT NULL,
    routes             TEXT NOT NULL,
    zone_hints         TEXT NOT NULL,
    host               TEXT,
    revision           INTEGER NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL
);
CREATE INDEX router_project ON router (project_id, id);
CREATE INDEX router_host ON router (host);

CREATE TABLE floating_ip (
    id                  TEXT PRIMARY KEY,
    project_id          TEXT NOT NULL,
    description         TEXT NOT NULL,
    floating_address    TEXT NOT NULL,
    floating_network_id TEXT NOT NULL REFERENCES network (id),
    floating_port_id    TEXT NOT NULL REFERENCES port (id),
    router_id           TEXT REFERENCES router (id),
    port_id             TEXT REFERENCES port (id),
    fixed_address       TEXT,
    status              TEXT NOT NULL,
    dns_name            TEXT NOT NULL,
    dns_domain          TEXT NOT NULL,
    revision            INTEGER NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL
);
CREATE UNIQUE INDEX floating_ip_fixed ON floating_ip (port_id, fixed_address, floating_network_id)
    WHERE port_id IS NOT NULL;
CREATE INDEX floating_ip_project ON floating_ip (project_id, id);
CREATE INDEX floating_ip_router ON floating_ip (router_id);
CREATE INDEX floating_ip_port ON floating_ip (floating_port_id);

CREATE TABLE network_agent (
    id             TEXT PRIMARY KEY,
    host           TEXT NOT NULL,
    binary_name    TEXT NOT NULL,
    agent_type     TEXT NOT NULL,
    topic          TEXT NOT NULL,
    admin_state_up INTEGER NOT NULL,
    description    TEXT,
    configurations TEXT NOT NULL,
    tunnel_address TEXT,
    created_at     BIGINT NOT NULL,
    started_at     BIGINT NOT NULL,
    heartbeat_at   BIGINT NOT NULL,
    UNIQUE (host, agent_type)
);

-- What a host has not been told yet. Written with the change, deleted when the host has applied it.
CREATE TABLE network_dirty (
    kind       TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    host       TEXT NOT NULL,
    -- needed to remove an object whose row is gone: the network of a port
    detail     TEXT NOT NULL,
    serial     BIGINT NOT NULL,
    attempts   INTEGER NOT NULL,
    retry_at   BIGINT NOT NULL,
    error      TEXT,
    PRIMARY KEY (kind, object_id, host)
);
