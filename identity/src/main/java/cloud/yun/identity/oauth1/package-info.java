/// OAuth 1.0a: a consumer acts with some roles of a user on a project, after the user has said so.
///
/// Start reading at `OAuthTokens`; what a signed request is: `SignedRequest`. API:
/// https://docs.openstack.org/api-ref/identity/v3-ext/#os-oauth1-api, RFC 5849. Owns the tables `identity_consumer`,
/// `identity_request_token`, `identity_access_token` and `identity_oauth_nonce`.
package cloud.yun.identity.oauth1;
