/// What runs on every compute host, and how the control plane talks to it.
///
/// Start reading at `ComputeAgent`; `HostCommand` is the language, `Agents` the typed client. An agent has a
/// driver and the bus, no database.
package cloud.yun.compute.agent;
