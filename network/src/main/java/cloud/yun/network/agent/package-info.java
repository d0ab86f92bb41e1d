/// What runs on a host: it fetches the wanted state of one object and has the driver apply it.
///
/// Start reading at `NetworkAgent`. `HostCommand` is what it is told, `Plugin` what it asks; both travel on the
/// bus.
/// The agent has no database: `AgentStore` is the control plane's record of the agents, table `network_agent`.
package cloud.yun.network.agent;
