/// Service providers: other clouds that trust the users of this one. Every token names the enabled ones.
///
/// Start reading at `ServiceProviders`. API: https://docs.openstack.org/api-ref/identity/v3-ext/#os-federation-api
/// Owns the table `identity_service_provider`.
package cloud.yun.identity.federation.sp;
