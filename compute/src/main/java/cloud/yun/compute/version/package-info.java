/// What this service is and can do: version discovery, the list of extensions, and resources that are gone for
/// good.
///
/// Compatible with https://docs.openstack.org/api-ref/compute/#api-versions
package cloud.yun.compute.version;
