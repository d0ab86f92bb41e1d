/// Identity providers and the protocols that each of them speaks.
///
/// Start reading at `IdentityProviders`. API: https://docs.openstack.org/api-ref/identity/v3-ext/#os-federation-api
/// Owns the tables `identity_idp`, `identity_idp_remote_id` and `identity_idp_protocol`.
package cloud.yun.identity.federation.idp;
