/// DHCP and DNS for one network: dnsmasq in the namespace of that network.
///
/// Start reading at `Dhcp`.
package cloud.yun.host.dhcp;
