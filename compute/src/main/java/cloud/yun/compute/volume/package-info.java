/// Volumes of servers: attaching, detaching, booting from them.
///
/// Start reading at `AttachmentService`. Long work: `AttachVolume`, `DetachVolume`. Owns the table
/// `server_volume`; nobody else writes it. Needs: `ServerVolumes` (block storage), `Hosts` (agents).
package cloud.yun.compute.volume;
