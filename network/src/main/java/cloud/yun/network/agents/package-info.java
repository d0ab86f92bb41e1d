/// Agents as the control plane knows them: heartbeats, the agents API, who gets new work.
///
/// Owns the table `network_agent`. What runs on the hosts is in `cloud.yun.network.agent`.
/// https://docs.openstack.org/api-ref/network/v2/#agents-agents
package cloud.yun.network.agents;
