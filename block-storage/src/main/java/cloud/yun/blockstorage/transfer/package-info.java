/// Transfers: a volume, with its snapshots if that is wanted, goes to whom its owner gives the key.
///
/// Start reading at `TransferService`. Owns the table `volume_transfer`; while it has a row the volume is
/// `awaiting-transfer`.
package cloud.yun.blockstorage.transfer;
