/// Servers: virtual machines from POST to DELETE.
///
/// Start reading at `ServerService`. States and their moves: `VmState`, `ServerEvent`. Long work: `CreateServer`,
/// `DeleteServer` and the other classes named for an action. Compatible with
/// https://docs.openstack.org/api-ref/compute/ Owns the tables `server`, `server_tag`, `server_volume`,
/// `server_action`; nobody else writes them.
package cloud.yun.compute.server;
