/// Federation: users whom somebody else vouches for, and other clouds that trust ours.
///
/// The resources of OS-FEDERATION, one package each: identity providers with their protocols (`idp`), mappings and the
/// engine that applies them (`mapping`), service providers (`sp`). The login itself (SAML, OpenID Connect) is not here
/// yet. API: https://docs.openstack.org/api-ref/identity/v3-ext/#os-federation-api
package cloud.yun.identity.federation;
