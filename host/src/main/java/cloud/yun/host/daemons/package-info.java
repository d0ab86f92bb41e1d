/// The daemons a host of guests needs, where no init system runs them.
///
/// Start reading at `LibvirtDaemons`.
package cloud.yun.host.daemons;
