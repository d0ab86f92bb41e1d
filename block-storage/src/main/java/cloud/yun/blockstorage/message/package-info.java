/// User messages: why work that went on after its request was answered failed, in words for its owner.
///
/// Start reading at `Messages`, which the flows write to. Owns the table `volume_message`.
package cloud.yun.blockstorage.message;
