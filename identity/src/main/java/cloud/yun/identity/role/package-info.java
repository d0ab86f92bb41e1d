/// Roles and the rules by which one implies another.
///
/// Start reading at `Roles`. API: https://docs.openstack.org/api-ref/identity/v3/#roles Owns the tables
/// `identity_role` and `identity_implied_role`.
package cloud.yun.identity.role;
