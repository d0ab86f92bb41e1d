/// Domains whose users and groups live in an LDAP directory that we only read.
///
/// Start reading at `Directories`: which domain has a directory, and how its entries get the rows that tokens and
/// role assignments rest on. `Directory` speaks of users and groups of one domain; `LdapServer` speaks LDAP.
/// Options: `LdapOptions`, with Keystone's names. Owns the table `identity_id_mapping`.
package cloud.yun.identity.ldap;
