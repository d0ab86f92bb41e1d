/// Objects: bytes with a name, a type and metadata.
///
/// Start reading at `Objects`; how bytes come in: `PutObject`; what a change does to the rows around an object:
/// `ObjectChanges`. Owns the tables `stored_object` and `object_version`.
package cloud.yun.objectstore.object;
