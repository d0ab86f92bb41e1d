package cloud.yun.identity;

import cloud.yun.identity.assignment.AssignmentList;
import cloud.yun.identity.assignment.AssignmentRoutes;
import cloud.yun.identity.assignment.GrantRoutes;
import cloud.yun.identity.assignment.Grants;
import cloud.yun.identity.assignment.NothingDangles;
import cloud.yun.identity.auth.AuthMethod;
import cloud.yun.identity.auth.AuthRoutes;
import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.auth.DirectoryPassword;
import cloud.yun.identity.auth.PasswordMethod;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.auth.TokenMethod;
import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.IdentityPolicy;
import cloud.yun.identity.base.Ids;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.Catalog;
import cloud.yun.identity.catalog.CatalogRoutes;
import cloud.yun.identity.catalog.Services;
import cloud.yun.identity.credential.CredentialRoutes;
import cloud.yun.identity.credential.Credentials;
import cloud.yun.identity.domainconfig.DomainConfigRoutes;
import cloud.yun.identity.domainconfig.DomainConfigs;
import cloud.yun.identity.endpointfilter.EndpointFilterRoutes;
import cloud.yun.identity.endpointfilter.EndpointFilters;
import cloud.yun.identity.endpointfilter.EndpointGroups;
import cloud.yun.identity.endpointpolicy.Policies;
import cloud.yun.identity.endpointpolicy.PolicyAssociations;
import cloud.yun.identity.endpointpolicy.PolicyRoutes;
import cloud.yun.identity.federation.FederationModule;
import cloud.yun.identity.group.GroupRoutes;
import cloud.yun.identity.group.Groups;
import cloud.yun.identity.ldap.Directories;
import cloud.yun.identity.limit.EnforcementModel;
import cloud.yun.identity.limit.LimitRoutes;
import cloud.yun.identity.limit.Limits;
import cloud.yun.identity.limit.RegisteredLimits;
import cloud.yun.identity.oauth2.OAuth2Routes;
import cloud.yun.identity.password.PasswordHashers;
import cloud.yun.identity.project.DomainRoutes;
import cloud.yun.identity.project.Domains;
import cloud.yun.identity.project.ProjectRoutes;
import cloud.yun.identity.project.Projects;
import cloud.yun.identity.role.RoleRoutes;
import cloud.yun.identity.role.Roles;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.identity.token.FernetKeys;
import cloud.yun.identity.token.FernetTokens;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.identity.user.PasswordCheck;
import cloud.yun.identity.user.SecurityCompliance;
import cloud.yun.identity.user.UserRoutes;
import cloud.yun.identity.user.Users;
import cloud.yun.identity.v2.V2Routes;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.policy.Scope;
import cloud.yun.kernel.reconcile.Reconciler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Identity, the room: wires it. The front door for other rooms is `Authenticator`, which they get from
/// [#authenticator].
public final class IdentityModule implements Room {
    private static final Option<Duration> EXPIRATION =
            Option.seconds("token", "expiration", 86_400, "How long a token lives, in seconds.");
    private static final Option<Boolean> RESCOPE = Option.bool(
            "token", "allow_rescope_scoped_token", true, "Whether a scoped token can be exchanged for another scope.");
    private static final Option<List<String>> METHODS = Option.list(
            "auth",
            "methods",
            "external,password,token,oauth1,mapped,application_credential",
            "How users can prove who they are. Tokens hold the methods as bits in this order, so all who read each"
                    + " other's tokens must have the same.");
    private static final Option<String> KEY_REPOSITORY = Option.text(
            "fernet_tokens",
            "key_repository",
            "",
            "Directory of the Fernet keys in Keystone's layout. Empty: identity/fernet-keys in the data directory.");

    private static final Option<Boolean> ENFORCE_SCOPE = Option.bool(
            "oslo_policy",
            "enforce_scope",
            true,
            "Whether a token of another scope than a rule is made for is refused, whatever the rule says.");

    private static final Option<Integer> TREE_DEPTH =
            Option.integer("DEFAULT", "max_project_tree_depth", 5, "Levels of projects below a domain.");

    private static final Option<EnforcementModel> ENFORCEMENT_MODEL = new Option<>(
            "unified_limit",
            "enforcement_model",
            "flat",
            "How limits in a tree of projects are checked: flat or strict_two_level.",
            EnforcementModel::of);

    private static final Option<List<String>> NEVER_IMPLIED = Option.list(
            "assignment", "prohibited_implied_role", "admin", "Names of roles that no other role may imply.");

    private static final Option<Boolean> ALL_ENDPOINTS = Option.bool(
            "endpoint_filter",
            "return_all_endpoints_if_no_filter",
            true,
            "Whether the catalog of a project without endpoint filters has all endpoints; if not it has none.");

    private static final Option<Boolean> V2_SHIM = Option.bool(
            "identity",
            "v2_shim",
            false,
            "Whether the calls POST /v2.0/tokens and GET /v2.0/tenants of the old API work. If not they answer 410 and"
                    + " point to v3.");

    private final Kernel kernel;
    private final ApiService service =
            new ApiService("identity", "/identity", List.of(5000, 35357), FaultDialect.IDENTITY, Optional.empty());
    private final Policy policy;
    private final Tokens tokens;
    private final FirstStart firstStart;
    private final Directories directories;
    private final List<Route> routes = new ArrayList<>();
    private final List<Reconciler> reconcilers = new ArrayList<>();

    public IdentityModule(Kernel kernel) {
        this.kernel = kernel;
        var db = kernel.db();
        var clock = kernel.clock();
        var epoch = new Epoch(db);
        var ids = new Ids(kernel.ids());
        policy = new Policy(
                IdentityPolicy.defaults(),
                kernel.config().get(ENFORCE_SCOPE) ? Scope.read("policy/identity-scopes.yaml") : Map.of(),
                PolicyFile.of(kernel, "identity", "keystone"));
        var passwords = new Passwords(PasswordHashers.of(kernel.config()), clock);
        tokens = new Tokens(
                db,
                epoch,
                new FernetTokens(
                        new FernetKeys(keyRepository()), kernel.config().get(METHODS)),
                clock,
                kernel.ids(),
                kernel.config().get(EXPIRATION),
                DelegationModule.rules());
        firstStart = new FirstStart(db, epoch, passwords, ids, clock);
        var bench = new Workbench(db, epoch, policy, ids, clock, kernel.events(), tokens.life());
        var directoryModule = new DirectoryModule(db, epoch, clock, kernel.config());
        directories = directoryModule.directories();
        reconcilers.addAll(directoryModule.reconcilers());
        var catalog = new Catalog(db, epoch, kernel.config().get(ALL_ENDPOINTS));
        var reach = new Reach(db);
        var compliance = SecurityCompliance.of(kernel.config());
        var check = new PasswordCheck(db, passwords, compliance, clock);
        var users = new Users(bench, passwords, compliance, check, directories);
        var model = kernel.config().get(ENFORCEMENT_MODEL);
        var projects = new Projects(bench, model.depthMax(kernel.config().get(TREE_DEPTH)));
        routes.addAll(new Discovery(() -> routes).routes());
        var delegations = new DelegationModule(bench, kernel.config(), passwords, tokens);
        var authentication = new Authentication(
                db,
                tokens,
                kernel.config().get(METHODS),
                authMethods(check, delegations),
                delegations.scopeKinds(),
                clock);
        routes.addAll(new AuthRoutes(authentication, tokens, catalog, reach, policy).routes());
        routes.addAll(new V2Routes(
                        authentication, tokens, catalog, reach, kernel.config().get(V2_SHIM))
                .routes());
        routes.addAll(new UserRoutes(users, reach).routes());
        routes.addAll(new ProjectRoutes(projects).routes());
        routes.addAll(new DomainRoutes(new Domains(bench, projects)).routes());
        routes.addAll(new GroupRoutes(new Groups(bench, users, directories)).routes());
        routes.addAll(new RoleRoutes(new Roles(bench, Set.copyOf(kernel.config().get(NEVER_IMPLIED)))).routes());
        routes.addAll(new GrantRoutes(new Grants(bench)).routes());
        routes.addAll(new AssignmentRoutes(new AssignmentList(bench), db).routes());
        routes.addAll(delegations.routes());
        routes.addAll(new OAuth2Routes(authentication, tokens.life()).routes());
        reconcilers.add(new RevocationPurge(tokens));
        reconcilers.addAll(delegations.reconcilers());
        var credentialKeys = new FernetKeys(kernel.data().resolve("identity/credential-keys"));
        routes.addAll(new CredentialRoutes(new Credentials(bench, credentialKeys, new DelegationBounds(tokens, db)))
                .routes());
        routes.addAll(new CatalogRoutes(new Services(bench)).routes());
        routes.addAll(new LimitRoutes(new RegisteredLimits(bench), new Limits(bench, model)).routes());
        routes.addAll(new PolicyRoutes(new Policies(bench), new PolicyAssociations(bench)).routes());
        routes.addAll(new EndpointFilterRoutes(new EndpointFilters(bench), new EndpointGroups(bench)).routes());
        routes.addAll(new DomainConfigRoutes(new DomainConfigs(bench, compliance)).routes());
        routes.addAll(new FederationModule(bench, kernel.config(), kernel.data()).routes());
        routes.replaceAll(directories::seeing);
    }

    private List<AuthMethod> authMethods(PasswordCheck check, DelegationModule delegations) {
        var all = new ArrayList<AuthMethod>(delegations.authMethods());
        all.add(new DirectoryPassword(directories, kernel.db(), new PasswordMethod(kernel.db(), check)));
        all.add(new TokenMethod(kernel.db(), tokens, kernel.config().get(RESCOPE)));
        return all;
    }

    private Path keyRepository() {
        var configured = kernel.config().get(KEY_REPOSITORY);
        return configured.isEmpty() ? kernel.data().resolve("identity/fernet-keys") : Path.of(configured);
    }

    public static List<Option<?>> options() {
        var options = new ArrayList<Option<?>>(SecurityCompliance.options());
        options.addAll(DelegationModule.OPTIONS);
        options.addAll(PasswordHashers.options());
        options.addAll(List.of(EXPIRATION, RESCOPE, METHODS, KEY_REPOSITORY, TREE_DEPTH, V2_SHIM));
        options.addAll(List.of(ENFORCEMENT_MODEL, ALL_ENDPOINTS, NEVER_IMPLIED));
        options.add(ENFORCE_SCOPE);
        options.addAll(DirectoryModule.OPTIONS);
        options.addAll(FederationModule.OPTIONS);
        return options;
    }

    /// Tells every service who a token belongs to. Revocations take effect at once.
    public Authenticator authenticator() {
        return token -> tokens.validate(token).map(ValidToken::caller);
    }

    /// Makes domain, roles, projects, users and catalog. May be repeated: what is there stays, passwords too;
    /// the addresses of endpoints follow.
    public void bootstrap(Bootstrap b) {
        firstStart.make(b);
    }

    @Override
    public ApiService service() {
        return service;
    }

    @Override
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(new NothingDangles(kernel.db()));
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.copyOf(reconcilers);
    }

    @Override
    public void stop() {
        directories.close();
    }
}
