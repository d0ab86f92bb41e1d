-- Policy documents that services may ask for; what is in the blob is between them and their operator.
CREATE TABLE identity_policy (
    id    TEXT PRIMARY KEY,
    type  TEXT NOT NULL,
    blob  TEXT NOT NULL,
    extra TEXT NOT NULL
);
CREATE INDEX identity_policy_type ON identity_policy (type);

-- Of what a policy is: of an endpoint; of a service; or of a service in a region and the regions below.
CREATE TABLE identity_policy_association (
    policy_id   TEXT NOT NULL REFERENCES identity_policy (id) ON DELETE CASCADE,
    endpoint_id TEXT REFERENCES identity_endpoint (id) ON DELETE CASCADE,
    service_id  TEXT REFERENCES identity_service (id) ON DELETE CASCADE,
    region_id   TEXT REFERENCES identity_region (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX identity_policy_association_of ON identity_policy_association
    (COALESCE(endpoint_id, ''), COALESCE(service_id, ''), COALESCE(region_id, ''));
CREATE INDEX identity_policy_association_policy ON identity_policy_association (policy_id);
