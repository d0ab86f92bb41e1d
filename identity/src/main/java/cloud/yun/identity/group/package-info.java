/// Groups of users.
///
/// Start reading at `Groups`. API: https://docs.openstack.org/api-ref/identity/v3/#groups Owns the tables
/// `identity_group` and `identity_group_member`.
package cloud.yun.identity.group;
