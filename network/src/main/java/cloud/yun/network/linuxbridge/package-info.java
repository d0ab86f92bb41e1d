/// Networks of one host with the means of the kernel alone: bridges, taps, veth pairs, VXLAN, a namespace per
/// router and per DHCP network, nftables. The default driver, named after Neutron's Linux bridge agent, whose
/// device names it keeps.
///
/// Start reading at `LinuxBridgeDriver`. Devices and who owns them: `Names`, `Ownership`; who may talk to a guest:
/// `PortFilter`; what the operator may set: `LinuxBridgeConfig`. Programs and kernel calls are in `cloud.yun.host`.
package cloud.yun.network.linuxbridge;
