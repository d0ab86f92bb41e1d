/// The Linux host as Java calls: processes, libvirt, links and rules, disks, DHCP, proxies, the facts of the
/// machine.
///
/// Start reading at `cloud.yun.host.process.Commands` (everything that is not libvirt is a program run through
/// it) and `cloud.yun.host.libvirt.Libvirt`. Knows no room and no database: callers are drivers and agents.
package cloud.yun.host;
