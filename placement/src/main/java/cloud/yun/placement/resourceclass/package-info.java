/// What can be counted: the standard resource classes of os-resource-classes and `CUSTOM_` ones.
///
/// Start reading at `ResourceClassStore`. Owns the table `resource_class`.
package cloud.yun.placement.resourceclass;
