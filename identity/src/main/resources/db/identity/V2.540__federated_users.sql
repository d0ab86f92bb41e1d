-- Who a user is to an identity provider. Goes with the user, and with the provider's protocol.
CREATE TABLE identity_federated_user (
    idp_id      TEXT NOT NULL,
    protocol_id TEXT NOT NULL,
    unique_id   TEXT NOT NULL,
    user_id     TEXT NOT NULL REFERENCES identity_user (id) ON DELETE CASCADE,
    PRIMARY KEY (idp_id, protocol_id, unique_id),
    FOREIGN KEY (idp_id, protocol_id) REFERENCES identity_idp_protocol (idp_id, id) ON DELETE CASCADE
);
CREATE INDEX identity_federated_user_user ON identity_federated_user (user_id);
CREATE INDEX identity_federated_user_unique_id ON identity_federated_user (unique_id);
