/// Which endpoints a project sees in its catalog: single ones, and those of endpoint groups.
///
/// Start reading at `EndpointFilters` and `EndpointGroups`; the effect is in `Catalog`. API:
/// https://docs.openstack.org/api-ref/identity/v3-ext/#os-ep-filter-api Owns the tables `identity_project_endpoint`,
/// `identity_endpoint_group` and `identity_project_endpoint_group`.
package cloud.yun.identity.endpointfilter;
