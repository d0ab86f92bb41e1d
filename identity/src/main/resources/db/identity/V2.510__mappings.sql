-- How a provider's attributes become a local user. rules is the JSON array of the API.
CREATE TABLE identity_mapping (
    id             TEXT PRIMARY KEY,
    schema_version TEXT NOT NULL,
    rules          TEXT NOT NULL
);
