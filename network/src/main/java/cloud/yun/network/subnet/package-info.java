/// Subnets: ranges of addresses on a network, and what hosts there are told by DHCP.
///
/// Start reading at `SubnetService`. Owns the table `subnet`; addresses are given by `cloud.yun.network.ipam`.
/// https://docs.openstack.org/api-ref/network/v2/#subnets
package cloud.yun.network.subnet;
