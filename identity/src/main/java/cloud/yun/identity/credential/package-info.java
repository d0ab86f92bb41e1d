/// Secrets beside the password: application credentials, EC2 keys and other credentials.
///
/// Start reading at `AppCredentials` and `Credentials`. API:
/// https://docs.openstack.org/api-ref/identity/v3/#application-credentials Owns the tables
/// `identity_app_credential`, `identity_app_credential_role` and `identity_credential`.
package cloud.yun.identity.credential;
