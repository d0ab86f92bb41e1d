/// Users and their passwords.
///
/// Start reading at `Users`, the rules. API: https://docs.openstack.org/api-ref/identity/v3/#users Owns the
/// tables `identity_user` and `identity_password`.
package cloud.yun.identity.user;
