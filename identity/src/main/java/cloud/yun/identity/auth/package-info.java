/// Authentication: who is asking, and for which scope.
///
/// Start reading at `Authentication`; what it costs and remembers: `Passwords`. API:
/// https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management
package cloud.yun.identity.auth;
