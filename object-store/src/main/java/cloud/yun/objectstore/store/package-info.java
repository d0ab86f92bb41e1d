/// The files under the objects: how they come to the disk, and what keeps them and the rows in step.
///
/// `ObjectFiles` writes and reads; `Orphans` removes what no row refers to; `Auditor` reads everything again and
/// again.
package cloud.yun.objectstore.store;
