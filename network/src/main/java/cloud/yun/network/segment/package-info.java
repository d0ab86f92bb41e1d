/// Segments: which VLAN, VXLAN id or physical network a network has. ML2's type drivers.
///
/// Start reading at `Segments`. Owns the table `network_segment`, whose key makes an allocation race-free.
package cloud.yun.network.segment;
