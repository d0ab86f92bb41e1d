/// Flavors: how large a server is. Start reading at `FlavorService`; other resources ask `Flavors`.
///
/// Compatible with https://docs.openstack.org/api-ref/compute/#flavors Owns the tables `flavor`,
/// `flavor_extra_spec` and `flavor_project`; nobody else reads or writes them.
package cloud.yun.compute.flavor;
