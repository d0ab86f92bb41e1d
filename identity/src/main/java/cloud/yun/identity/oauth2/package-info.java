/// OAuth 2.0 client credentials: an application credential as client id and secret.
///
/// API: https://docs.openstack.org/api-ref/identity/v3-ext/#os-oauth2-api, RFC 6749 section 4.4. Owns no table.
package cloud.yun.identity.oauth2;
