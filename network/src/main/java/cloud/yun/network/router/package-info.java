/// Routers: L3 between subnets, SNAT to an external network, extra routes.
///
/// Start reading at `RouterService`. How a router reaches its host: `RouterFlows`. Owns the table `router`; its
/// interfaces are ports with `device_owner` `network:router_interface`.
/// https://docs.openstack.org/api-ref/network/v2/#routers-routers
package cloud.yun.network.router;
