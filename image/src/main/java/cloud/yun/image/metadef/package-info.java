/// Metadata definitions: a catalog of the properties that images, flavors, volumes ... may have.
///
/// Start reading at `MetadefService`. A namespace holds objects, properties, tags and associations of resource
/// types; all four are rows of one table, told apart by their `ItemKind`.
/// https://docs.openstack.org/api-ref/image/v2/metadefs-index.html
/// Owns the tables `metadef_namespace`, `metadef_item` and `metadef_resource_type`.
package cloud.yun.image.metadef;
