-- One row per rule and user, whatever the number of application credentials that carry it: they share it.
CREATE TABLE identity_access_rule (
    id      TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    service TEXT NOT NULL,
    path    TEXT NOT NULL,
    method  TEXT NOT NULL,
    UNIQUE (user_id, service, path, method)
);

-- A rule in use stays: no cascade on its side.
CREATE TABLE identity_app_credential_access_rule (
    app_credential_id TEXT NOT NULL REFERENCES identity_app_credential (id) ON DELETE CASCADE,
    access_rule_id    TEXT NOT NULL REFERENCES identity_access_rule (id),
    PRIMARY KEY (app_credential_id, access_rule_id)
);
CREATE INDEX identity_app_credential_access_rule_rule ON identity_app_credential_access_rule (access_rule_id);
