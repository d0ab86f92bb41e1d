/// Floating IPs: addresses of an external network that lead to a fixed address behind a router.
///
/// Start reading at `FloatingIpService`. Owns the table `floating_ip`. They reach hosts as part of their router.
/// https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips
package cloud.yun.network.floatingip;
