/// What all resources of the Networking API share: attribute tables, list queries, policy on attributes, tags.
///
/// Start reading at `Shape`: a resource is a table of attributes, as in Neutron. `Crud` is what a resource does;
/// `CrudRoutes` turns it to HTTP.
package cloud.yun.network.api;
