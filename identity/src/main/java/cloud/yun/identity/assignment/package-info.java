/// Who has which role on what: users and groups on projects, domains and the system.
///
/// Start reading at `Grants`. API: https://docs.openstack.org/api-ref/identity/v3/#roles (assignments) Owns the
/// table `identity_assignment`.
package cloud.yun.identity.assignment;
