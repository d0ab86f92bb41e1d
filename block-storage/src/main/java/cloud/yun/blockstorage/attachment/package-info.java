/// Attachments: who holds a volume, and how it is opened.
///
/// Start reading at `AttachmentService` (what users and compute may do) and `AttachVolume`, `DetachVolume` (the
/// flows). `AttachedVolumes` is the room's front door for compute. States: `AttachStatus`. Owns the table
/// `volume_attachment`.
package cloud.yun.blockstorage.attachment;
