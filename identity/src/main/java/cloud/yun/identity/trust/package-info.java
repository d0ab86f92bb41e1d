/// Trusts: a user lets another one act on a project with some of its roles, until the trust ends or is used up.
///
/// Start reading at `Trusts`; what makes a trust hold at a given moment: `TrustChain`. API:
/// https://docs.openstack.org/api-ref/identity/v3-ext/#os-trust-api Owns the tables `identity_trust` and
/// `identity_trust_role`.
package cloud.yun.identity.trust;
