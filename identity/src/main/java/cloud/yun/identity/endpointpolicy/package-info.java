/// Policies that services fetch, and of which endpoints they are.
///
/// Start reading at `Policies` and `PolicyAssociations`. API:
/// https://docs.openstack.org/api-ref/identity/v3/#policies and
/// https://docs.openstack.org/api-ref/identity/v3-ext/#os-endpoint-policy-api Owns the tables `identity_policy` and
/// `identity_policy_association`.
package cloud.yun.identity.endpointpolicy;
