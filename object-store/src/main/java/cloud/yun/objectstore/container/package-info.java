/// Containers: lists of objects with metadata, access lists, quotas and versioning.
///
/// Start reading at `Containers`. Owns the table `object_container`.
package cloud.yun.objectstore.container;
