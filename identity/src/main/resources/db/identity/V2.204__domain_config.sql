-- Options of a domain that differ from the configuration file. Sensitive ones are never shown by the API.
CREATE TABLE identity_domain_config (
    domain_id   TEXT NOT NULL REFERENCES identity_project (id) ON DELETE CASCADE,
    group_name  TEXT NOT NULL,
    option_name TEXT NOT NULL,
    sensitive   INTEGER NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (domain_id, group_name, option_name)
);
