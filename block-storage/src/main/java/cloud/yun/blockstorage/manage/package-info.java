/// Managing: what a back end holds under a name of its own becomes a volume or snapshot of ours, and the other way
/// round.
///
/// Start reading at `ManageService`. Long work: `ManageExisting` and `Unmanage`. Owns no table.
package cloud.yun.blockstorage.manage;
