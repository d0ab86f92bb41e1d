/// RBAC policies: who beside its own project may use an object. Owns the table `network_rbac`.
///
/// https://docs.openstack.org/api-ref/network/v2/#rbac-policies
package cloud.yun.network.rbac;
