/// The block-storage room: see its README. Start reading at `BlockStorageModule`, which wires it.
///
/// Front door for other rooms: `ServerVolumes`. Everything in the packages below is this room's own.
package cloud.yun.blockstorage;
