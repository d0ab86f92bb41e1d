package cloud.yun.identity;

import cloud.yun.identity.assignment.AssignmentList;
import cloud.yun.identity.assignment.AssignmentRoutes;
import cloud.yun.identity.assignment.GrantRoutes;
import cloud.yun.identity.assignment.Grants;
import cloud.yun.identity.assignment.NothingDangles;
import cloud.yun.identity.auth.AuthMethod;
import cloud.yun.identity.auth.DirectoryPassword;
import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.IdentityPolicy;
import cloud.yun.identity.base.Ids;
import cloud.yun.identity.base.Notifications;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.Catalog;
import cloud.yun.identity.catalog.CatalogRoutes;
import cloud.yun.identity.catalog.Services;
import cloud.yun.identity.credential.CredentialKeys;
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
import cloud.yun.identity.project.DomainRoutes;
import cloud.yun.identity.project.Domains;
import cloud.yun.identity.project.ProjectRoutes;
import cloud.yun.identity.project.Projects;
import cloud.yun.identity.role.RoleRoutes;
import cloud.yun.identity.role.Roles;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.identity.user.UserRoutes;
import cloud.yun.identity.user.Users;
import cloud.yun.identity.v2.V2Routes;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.policy.Scope;
import cloud.yun.kernel.reconcile.Reconciler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Identity, the room: wires it. The front door for other rooms is `Authenticator`, which they get from
/// [#authenticator].
public final class IdentityModule implements Room {
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
    private final Maintenance maintenance;
    private final Enrolment enrolment;
    private final int tokenKeysMax;
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
        var login = new LoginModule(kernel, epoch, DelegationModule.rules());
        tokens = login.tokens();
        var passwords = login.passwords();
        firstStart = new FirstStart(db, epoch, passwords, ids, clock, tokens.remembered());
        var notifications = new Notifications(kernel.events(), kernel.config().get(Notifications.FORMAT), ids, clock);
        var bench = new Workbench(db, epoch, policy, ids, clock, notifications, tokens.remembered());
        var directoryModule = new DirectoryModule(db, epoch, clock, kernel.config());
        directories = directoryModule.directories();
        reconcilers.addAll(directoryModule.reconcilers());
        var catalog = new Catalog(db, epoch, kernel.config().get(ALL_ENDPOINTS));
        var reach = new Reach(db);
        var compliance = login.compliance();
        var users = new Users(bench, passwords, compliance, login.check(), directories);
        var model = kernel.config().get(ENFORCEMENT_MODEL);
        var projects = new Projects(bench, model.depthMax(kernel.config().get(TREE_DEPTH)));
        routes.addAll(new Discovery(() -> routes).routes());
        var delegations = new DelegationModule(bench, kernel.config(), passwords, tokens);
        var authentication = login.authentication(authMethods(login, delegations), delegations.scopeKinds());
        routes.addAll(login.routes(authentication, catalog, reach, policy));
        routes.addAll(new V2Routes(
                        authentication, tokens, catalog, reach, kernel.config().get(V2_SHIM))
                .routes());
        routes.addAll(new UserRoutes(users, reach).routes());
        routes.addAll(new ProjectRoutes(projects).routes());
        routes.addAll(new DomainRoutes(new Domains(bench, projects)).routes());
        routes.addAll(new GroupRoutes(new Groups(bench, users, directories)).routes());
        routes.addAll(new RoleRoutes(new Roles(bench, Set.copyOf(kernel.config().get(NEVER_IMPLIED)))).routes());
        var grants = new Grants(bench);
        routes.addAll(new GrantRoutes(grants).routes());
        enrolment = new Enrolment(bench, projects, users, grants);
        routes.addAll(new AssignmentRoutes(new AssignmentList(bench), db).routes());
        routes.addAll(delegations.routes());
        routes.addAll(new OAuth2Routes(authentication, tokens.life()).routes());
        reconcilers.add(new RevocationPurge(tokens));
        reconcilers.addAll(delegations.reconcilers());
        routes.addAll(
                new CredentialRoutes(new Credentials(bench, login.vault(), new DelegationBounds(tokens, db))).routes());
        maintenance = new Maintenance(
                db,
                firstStart,
                login.tokenKeys(),
                new CredentialKeys(db, login.credentialKeys(), clock),
                tokens,
                directories,
                login.optionFindings(kernel.config().get(V2_SHIM)));
        tokenKeysMax = login.tokenKeysMax();
        routes.addAll(new CatalogRoutes(new Services(bench)).routes());
        routes.addAll(new LimitRoutes(new RegisteredLimits(bench), new Limits(bench, model)).routes());
        routes.addAll(new PolicyRoutes(new Policies(bench), new PolicyAssociations(bench)).routes());
        routes.addAll(new EndpointFilterRoutes(new EndpointFilters(bench), new EndpointGroups(bench)).routes());
        routes.addAll(new DomainConfigRoutes(new DomainConfigs(bench, compliance)).routes());
        routes.addAll(new FederationModule(bench, kernel.config(), kernel.data()).routes());
        routes.replaceAll(directories::seeing);
    }

    private List<AuthMethod> authMethods(LoginModule login, DelegationModule delegations) {
        var all = new ArrayList<AuthMethod>(delegations.authMethods());
        all.add(new DirectoryPassword(directories, kernel.db(), login.passwordMethod()));
        return all;
    }

    public static List<Option<?>> options() {
        var options = new ArrayList<Option<?>>(LoginModule.options());
        options.addAll(DelegationModule.OPTIONS);
        options.addAll(List.of(TREE_DEPTH, V2_SHIM, Notifications.FORMAT));
        options.addAll(List.of(ENFORCEMENT_MODEL, ALL_ENDPOINTS, NEVER_IMPLIED));
        options.add(ENFORCE_SCOPE);
        options.addAll(DirectoryModule.OPTIONS);
        options.addAll(FederationModule.OPTIONS);
        return options;
    }

    /// Tells every service who a token belongs to. Revocations take effect at once.
    public Authenticator authenticator() {
        return new Authenticator() {
            @Override
            public Optional<Caller> authenticate(String token) {
                return tokens.validate(token).map(ValidToken::caller);
            }

            @Override
            public Optional<Caller> authenticateExpired(String token) {
                return tokens.validateExpired(token).map(ValidToken::caller);
            }
        };
    }

    /// What the command line does to identity.
    public Maintenance maintenance() {
        return maintenance;
    }

    /// @return `[fernet_tokens] max_active_keys`
    public int keysMax() {
        return tokenKeysMax;
    }

    /// Tells as whom policies would see users.
    public Standing standing() {
        return new Standing(kernel.db());
    }

    /// Makes projects with users and roles in one call.
    public Enrolment enrolment() {
        return enrolment;
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
