/// Subnet pools and address scopes: prefixes from which subnets are cut. Owns `subnet_pool` and `address_scope`.
///
/// https://docs.openstack.org/api-ref/network/v2/#subnet-pools-extension-subnetpools
package cloud.yun.network.subnetpool;
