package cloud.yun.identity.ldap;

import cloud.yun.kernel.config.Option;
import java.time.Duration;
import java.util.List;

/// What a domain's own configuration may say: `[identity] driver` and `[ldap]`, with Keystone's names and
/// defaults.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/configuration/config-options.html#ldap">Keystone</a>
final class LdapOptions {
    static final Option<String> DRIVER = Option.text("identity", "driver", "sql", "sql or ldap.");

    static final Option<String> URL =
            text("url", "ldap://localhost", "Servers, separated by commas or spaces; tried in this order.");
    static final Option<Boolean> RANDOMIZE_URLS = bool("randomize_urls", "Try the servers in any order.");
    static final Option<String> USER = text("user", "", "DN to search as; empty: anonymous.");
    static final Option<String> PASSWORD = text("password", "", "Password of `user`.");
    static final Option<String> SUFFIX = text("suffix", "cn=example,cn=com", "DN above all that is ours.");
    static final Option<String> QUERY_SCOPE =
            text("query_scope", "one", "one: entries directly below a tree's DN; sub: all below it.");
    static final Option<Integer> PAGE_SIZE = Option.integer("ldap", "page_size", 0, "Entries per page; 0: no pages.");
    static final Option<String> ALIAS_DEREFERENCING =
            text("alias_dereferencing", "default", "default, finding, searching, always or never.");
    static final Option<Boolean> CHASE_REFERRALS = bool("chase_referrals", "Follow referrals to other servers.");

    static final Option<String> USER_TREE = text("user_tree_dn", "", "Default: ou=Users below the suffix.");
    static final Option<String> USER_FILTER = text("user_filter", "", "RFC 4515 filter that users must pass too.");
    static final Option<String> USER_CLASS = text("user_objectclass", "inetOrgPerson", "Object class of users.");
    static final Option<String> USER_ID = text("user_id_attribute", "cn", "One value, never reused.");
    static final Option<String> USER_NAME = text("user_name_attribute", "sn", "The name for login.");
    static final Option<String> USER_DESCRIPTION = text("user_description_attribute", "description", "");
    static final Option<String> USER_MAIL = text("user_mail_attribute", "mail", "");
    static final Option<String> USER_PASS = text("user_pass_attribute", "userPassword", "Known, never read.");
    static final Option<String> USER_ENABLED = text("user_enabled_attribute", "enabled", "");
    static final Option<Boolean> USER_ENABLED_INVERT =
            bool("user_enabled_invert", "The attribute says who is disabled, as nsAccountLock does.");
    static final Option<Integer> USER_ENABLED_MASK = Option.integer(
            "ldap", "user_enabled_mask", 0, "Bit that means disabled, as 2 in userAccountControl; 0: no bit mask.");
    static final Option<String> USER_ENABLED_DEFAULT =
            text("user_enabled_default", "True", "What an entry without the attribute has; with a mask, a number.");
    static final Option<List<String>> USER_IGNORE =
            Option.list("ldap", "user_attribute_ignore", "default_project_id", "Attributes of ours never read.");
    static final Option<String> USER_DEFAULT_PROJECT = text("user_default_project_id_attribute", "", "");
    static final Option<Boolean> USER_ENABLED_EMULATION =
            bool("user_enabled_emulation", "Enabled are the members of a group.");
    static final Option<String> USER_ENABLED_EMULATION_DN =
            text("user_enabled_emulation_dn", "", "That group. Default: cn=enabled_users below the users' tree.");
    static final Option<Boolean> USER_EMULATION_GROUP_CONFIG = bool(
            "user_enabled_emulation_use_group_config", "That group has `group_member_attribute`, not plain member.");
    static final Option<List<String>> USER_ADDITIONAL =
            Option.list("ldap", "user_additional_attribute_mapping", "", "LDAP_ATTRIBUTE:OUR_ATTRIBUTE, ...");

    static final Option<String> GROUP_TREE = text("group_tree_dn", "", "Default: ou=UserGroups below the suffix.");
    static final Option<String> GROUP_FILTER = text("group_filter", "", "RFC 4515 filter that groups must pass too.");
    static final Option<String> GROUP_CLASS = text("group_objectclass", "groupOfNames", "Object class of groups.");
    static final Option<String> GROUP_ID = text("group_id_attribute", "cn", "One value, never reused.");
    static final Option<String> GROUP_NAME = text("group_name_attribute", "ou", "");
    static final Option<String> GROUP_MEMBER = text("group_member_attribute", "member", "");
    static final Option<Boolean> GROUP_MEMBERS_ARE_IDS =
            bool("group_members_are_ids", "Members are the users' ids, as in posixGroup, not their DNs.");
    static final Option<String> GROUP_DESCRIPTION = text("group_desc_attribute", "description", "");
    static final Option<List<String>> GROUP_IGNORE =
            Option.list("ldap", "group_attribute_ignore", "", "Attributes of ours never read.");
    static final Option<List<String>> GROUP_ADDITIONAL =
            Option.list("ldap", "group_additional_attribute_mapping", "", "LDAP_ATTRIBUTE:OUR_ATTRIBUTE, ...");
    static final Option<Boolean> GROUP_AD_NESTING =
            bool("group_ad_nesting", "Groups in groups, by Active Directory's own matching rule.");

    static final Option<Boolean> USE_TLS = bool("use_tls", "StartTLS on ldap:// connections.");
    static final Option<String> TLS_CA_FILE = text("tls_cacertfile", "", "PEM file; empty: the JDK's authorities.");
    static final Option<String> TLS_CA_DIRECTORY = text("tls_cacertdir", "", "Directory of PEM files.");
    static final Option<String> TLS_REQUIRE =
            text("tls_req_cert", "demand", "demand, or allow and never: any certificate will do.");

    static final Option<Duration> CONNECTION_TIMEOUT = Option.seconds(
            "ldap", "connection_timeout", -1, "Seconds to connect, and to wait for an answer; -1: 5 and 20.");
    static final Option<Boolean> USE_POOL = Option.bool("ldap", "use_pool", true, "Keep connections for searches.");
    static final Option<Integer> POOL_SIZE = Option.integer("ldap", "pool_size", 10, "Searches at once.");
    static final Option<Integer> POOL_RETRIES =
            Option.integer("ldap", "pool_retry_max", 3, "Stale connections given up before a search fails.");
    static final Option<Duration> POOL_WAIT = Option.seconds(
            "ldap", "pool_connection_timeout", -1, "Seconds to wait for a free place; -1: as connection_timeout.");
    static final Option<Duration> POOL_LIFETIME =
            Option.seconds("ldap", "pool_connection_lifetime", 600, "Seconds until a kept connection is closed.");
    static final Option<Integer> AUTH_POOL_SIZE = Option.integer("ldap", "auth_pool_size", 100, "Logins at once.");

    /// Accepted, without a meaning here: a login is always one connection of its own, and the JDK has its own log.
    private static final List<Option<?>> IDLE = List.of(
            Option.bool("ldap", "use_auth_pool", true, ""),
            Option.seconds("ldap", "auth_pool_connection_lifetime", 60, ""),
            Option.seconds("ldap", "pool_retry_delay", 0, ""),
            Option.integer("ldap", "debug_level", 0, ""),
            Option.integer("identity", "list_limit", 0, ""));

    static final List<Option<?>> ALL = all();

    private LdapOptions() {}

    private static Option<String> text(String name, String standard, String help) {
        return Option.text("ldap", name, standard, help);
    }

    private static Option<Boolean> bool(String name, String help) {
        return Option.bool("ldap", name, false, help);
    }

    private static List<Option<?>> all() {
        var all = new java.util.ArrayList<Option<?>>(IDLE);
        all.addAll(List.of(DRIVER, URL, RANDOMIZE_URLS, USER, PASSWORD, SUFFIX, QUERY_SCOPE, PAGE_SIZE));
        all.addAll(List.of(ALIAS_DEREFERENCING, CHASE_REFERRALS, USER_TREE, USER_FILTER, USER_CLASS, USER_ID));
        all.addAll(List.of(USER_NAME, USER_DESCRIPTION, USER_MAIL, USER_PASS, USER_ENABLED, USER_ENABLED_INVERT));
        all.addAll(List.of(USER_ENABLED_MASK, USER_ENABLED_DEFAULT, USER_IGNORE, USER_DEFAULT_PROJECT));
        all.addAll(List.of(USER_ENABLED_EMULATION, USER_ENABLED_EMULATION_DN, USER_EMULATION_GROUP_CONFIG));
        all.addAll(List.of(USER_ADDITIONAL, GROUP_TREE, GROUP_FILTER, GROUP_CLASS, GROUP_ID, GROUP_NAME));
        all.addAll(List.of(GROUP_MEMBER, GROUP_MEMBERS_ARE_IDS, GROUP_DESCRIPTION, GROUP_IGNORE));
        all.addAll(List.of(GROUP_ADDITIONAL, GROUP_AD_NESTING, USE_TLS, TLS_CA_FILE, TLS_CA_DIRECTORY));
        all.addAll(List.of(TLS_REQUIRE, CONNECTION_TIMEOUT, USE_POOL, POOL_SIZE, POOL_RETRIES, POOL_WAIT));
        all.addAll(List.of(POOL_LIFETIME, AUTH_POOL_SIZE));
        return List.copyOf(all);
    }
}
