/// Security groups: which packets reach a port and leave it.
///
/// Start reading at `SecurityGroups` (what other resources need) and `SecurityGroupService`,
/// `SecurityGroupRuleService` (the API). Owns the tables `security_group`, `security_group_rule` and
/// `port_security_group`. https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups
package cloud.yun.network.securitygroup;
