/// The ports of servers: what compute asks of the room, in its own transactions and as effects on hosts.
///
/// `PortsOfServers` is the room's `ServerPorts`.
package cloud.yun.network.serverport;
