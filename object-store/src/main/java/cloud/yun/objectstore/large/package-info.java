/// Large objects: one object for clients, many behind it.
///
/// A static one (`StaticManifest`) names its segments; a dynamic one is whatever begins with a prefix. What clients
/// read
/// of either is `Segments`.
package cloud.yun.objectstore.large;
