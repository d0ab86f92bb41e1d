/// Disks as files: what an image is, overlays, conversion, config drives, wiping, free space.
///
/// Start reading at `QemuImg`. Formats are always named to QEMU, never guessed by it: a guest that writes a qcow2
/// header into its raw disk must not make the host open other files. Sizes are bytes.
package cloud.yun.host.disk;
