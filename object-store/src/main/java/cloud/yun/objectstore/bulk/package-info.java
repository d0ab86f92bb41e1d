/// Many things in one request: deletions from a list, uploads from an archive.
///
/// @see <a href="https://docs.openstack.org/swift/latest/middleware.html#bulk-operations">bulk operations</a>
package cloud.yun.objectstore.bulk;
