/// The service catalog: services, their endpoints, and regions.
///
/// Start reading at `Catalog`, which makes the catalog of a token. API:
/// https://docs.openstack.org/api-ref/identity/v3/#service-catalog-and-endpoints Owns the tables
/// `identity_service`, `identity_endpoint` and `identity_region`.
package cloud.yun.identity.catalog;
