/// Mappings: how what an identity provider says of somebody becomes a local user with groups and projects.
///
/// Start reading at `Mappings` for the API and at `RuleProcessor` for the engine, which is a pure function.
/// API: https://docs.openstack.org/api-ref/identity/v3-ext/#os-federation-api, rules:
/// https://docs.openstack.org/keystone/latest/admin/federation/mapping_combinations.html
/// Owns the table `identity_mapping`.
package cloud.yun.identity.federation.mapping;
