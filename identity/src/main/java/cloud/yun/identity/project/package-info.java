/// Projects and domains. A domain is a project that acts as one (`is_domain`), as in Keystone.
///
/// Start reading at `Projects` and `Domains`, the rules. API:
/// https://docs.openstack.org/api-ref/identity/v3/#projects Owns the tables `identity_project` and
/// `identity_project_tag`.
package cloud.yun.identity.project;
