package cloud.yun.objectstore.access;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.SwiftPath;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides as Swift's keystoneauth does.
///
/// An account belongs to the project whose id follows the prefix. An operator of that project owns it; a reader of the
/// project reads it; a reseller admin owns every account. Others have what the container's list gives them.
public final class Access {
    static final Option<String> PREFIX = Option.text(
            "filter:keystoneauth", "reseller_prefix", "AUTH_", "What stands before a project's id in its account.");
    static final Option<List<String>> OPERATORS = Option.list(
            "filter:keystoneauth",
            "operator_roles",
            "admin,member,swiftoperator",
            "Roles that own the account of their project.");
    static final Option<String> RESELLER =
            Option.text("filter:keystoneauth", "reseller_admin_role", "ResellerAdmin", "Role that owns every account.");
    static final Option<List<String>> PROJECT_READERS = Option.list(
            "filter:keystoneauth", "project_reader_roles", "reader", "Roles that read the account of their project.");
    static final Option<List<String>> SYSTEM_READERS = Option.list(
            "filter:keystoneauth",
            "system_reader_roles",
            "reader",
            "Roles that read every account, in a token for the system.");
    static final Option<Boolean> NAMES = Option.bool(
            "filter:keystoneauth",
            "allow_names_in_acls",
            true,
            "Names of projects and users, beside their ids, in lists of containers; only in the default domain.");
    static final Option<String> DEFAULT_DOMAIN = Option.text(
            "filter:keystoneauth", "default_domain_id", "default", "Domain whose names lists of containers know.");

    private final String prefix;
    private final Set<String> operators;
    private final String reseller;
    private final Set<String> projectReaders;
    private final Set<String> systemReaders;
    private final boolean names;
    private final String defaultDomain;

    public Access(Config config) {
        prefix = config.get(PREFIX);
        operators = lower(config.get(OPERATORS));
        reseller = config.get(RESELLER).toLowerCase(Locale.ROOT);
        projectReaders = lower(config.get(PROJECT_READERS));
        systemReaders = lower(config.get(SYSTEM_READERS));
        names = config.get(NAMES);
        defaultDomain = config.get(DEFAULT_DOMAIN);
    }

    public static List<Option<?>> options() {
        return List.of(PREFIX, OPERATORS, RESELLER, PROJECT_READERS, SYSTEM_READERS, NAMES, DEFAULT_DOMAIN);
    }

    private static Set<String> lower(List<String> words) {
        return words.stream().map(w -> w.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> roles(Caller caller) {
        return lower(List.copyOf(caller.roleNames()));
    }

    private static boolean any(Set<String> a, Set<String> b) {
        return a.stream().anyMatch(b::contains);
    }

    public boolean resellerAdmin(Caller caller) {
        return roles(caller).contains(reseller);
    }

    /// Whether an account of that name could be somebody's.
    public boolean known(String account) {
        return account.startsWith(prefix) && account.length() > prefix.length();
    }

    private boolean ownProject(Caller caller, String account) {
        return caller.project().map(p -> account.equals(prefix + p.id())).orElse(false);
    }

    /// @return the domain of the account's project, if the caller's token tells; else empty
    public String domain(Caller caller, String account) {
        return ownProject(caller, account)
                ? caller.project().map(p -> p.domain().id()).orElse("")
                : "";
    }

    /// Whether the caller may do and see everything there: an operator of its project, or a reseller admin.
    public boolean owns(Caller caller, String account) {
        return resellerAdmin(caller) || (ownProject(caller, account) && any(roles(caller), operators));
    }

    /// @param acl the list that speaks for what is asked: of readers for GET and HEAD, of writers for changes to
    ///     objects; empty where no list can help
    /// @param domain of the account's project; empty while unknown
    /// @param reads whether it only looks
    /// @throws Refused 401, nobody proved who they are; 403, they may not
    public void require(Call call, SwiftPath path, Optional<Acl> acl, String domain, boolean reads) {
        if (!allows(call, path, acl, domain, reads)) throw denied(call);
    }

    public static Refused denied(Call call) {
        return new Refused(call.caller().authenticated() ? 403 : 401, "");
    }

    private boolean allows(Call call, SwiftPath path, Optional<Acl> acl, String domain, boolean reads) {
        if (!known(path.account())) return false;
        if (call.signed().isPresent()) return call.signed().get().opens(path);
        var caller = call.caller();
        if (resellerAdmin(caller)) return true;
        if (path.container().isEmpty() && call.method().equals("DELETE")) return false;
        var list = acl.orElse(Acl.NONE);
        if (caller.authenticated() && list.names(projects(caller, domain), users(caller, domain))) return true;
        boolean referred = list.allowsReferrer(call.header("referer"));
        if (referred && (path.object().isPresent() || list.listings())) return true;
        if (!caller.authenticated()) return false;
        var roles = roles(caller);
        if (caller.systemScope() && reads && any(roles, systemReaders)) return true;
        if (!ownProject(caller, path.account())) return false;
        if (any(roles, operators)) return true;
        if (reads && any(roles, projectReaders)) return true;
        return list.namesRole(roles);
    }

    private Set<String> projects(Caller caller, String domain) {
        var found = new HashSet<>(Set.of("*"));
        caller.project().ifPresent(p -> {
            found.add(p.id());
            if (named(caller, domain)) found.add(p.name());
        });
        return found;
    }

    private Set<String> users(Caller caller, String domain) {
        var found = new HashSet<>(Set.of("*"));
        caller.user().ifPresent(u -> {
            found.add(u.id());
            if (named(caller, domain)) found.add(u.name());
        });
        return found;
    }

    /// Names tell nobody apart beyond one domain.
    private boolean named(Caller caller, String domain) {
        return names
                && (domain.isEmpty() || domain.equals(defaultDomain))
                && caller.user().map(u -> u.domain().id().equals(defaultDomain)).orElse(false)
                && caller.project()
                        .map(p -> p.domain().id().equals(defaultDomain))
                        .orElse(false);
    }
}
