/// What runs on a host: it fetches the wanted state of one object and has the driver apply it.
///
/// Start reading at `NetworkAgent`. `HostCommand` is what it is told, `Plugin` what it asks; both travel on the bus.
/// It has no database; how the control plane sees it is in `cloud.yun.network.agents`.
package cloud.yun.network.agent;
