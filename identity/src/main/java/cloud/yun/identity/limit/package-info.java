/// Unified limits: how much of a resource a project or a domain may have, for services to ask.
///
/// Start reading at `Limits`; what is allowed in a tree of projects says `EnforcementModel`. API:
/// https://docs.openstack.org/api-ref/identity/v3/#unified-limits Owns the tables `identity_registered_limit` and
/// `identity_limit`.
package cloud.yun.identity.limit;
