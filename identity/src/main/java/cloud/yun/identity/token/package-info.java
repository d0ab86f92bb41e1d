/// Tokens: Fernet, in Keystone's own payload format and key repository, so that either side reads the other's.
///
/// Start reading at `Tokens`: issue, validate, revoke. Format: `TokenPayload` as `TokenFormat`
/// packs it, in `Fernet` under `FernetKeys`. What a token rests on besides its user: `Delegation`, with a
/// `DelegationRule` each.
/// API: https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management Owns the table
/// `identity_revocation`.
package cloud.yun.identity.token;
