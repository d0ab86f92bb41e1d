/// The servers API: what users may ask, and what they see.
///
/// Start reading at `ServerService`. A request for a new server goes `CreateRequest` (what the body says),
/// `Drafts` (what it means: flavor, image, volumes, networks), `ServerService.create` (one transaction).
/// Compatible with https://docs.openstack.org/api-ref/compute/#servers-servers, microversions 2.1 to 2.103.
package cloud.yun.compute.serverapi;
