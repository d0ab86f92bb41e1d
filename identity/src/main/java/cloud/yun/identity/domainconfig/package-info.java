/// Configuration of single domains, kept in the database: which directory a domain's users come from.
///
/// Start reading at `DomainConfigs`; which options there are says `DomainOptions`. API:
/// https://docs.openstack.org/api-ref/identity/v3/#domain-configuration Owns the table `identity_domain_config`.
package cloud.yun.identity.domainconfig;
