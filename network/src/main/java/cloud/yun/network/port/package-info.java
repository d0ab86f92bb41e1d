/// Ports: where something is attached to a network, with its MAC and addresses.
///
/// Start reading at `PortService` (the API) and `Ports` (what other resources do with ports, in their
/// transactions). Owns the table `port`. https://docs.openstack.org/api-ref/network/v2/#ports
package cloud.yun.network.port;
