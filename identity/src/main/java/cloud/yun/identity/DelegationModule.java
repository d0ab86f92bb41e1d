package cloud.yun.identity;

import cloud.yun.identity.auth.AppCredentialMethod;
import cloud.yun.identity.auth.AuthMethod;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.auth.ScopeKind;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.credential.AccessRuleRoutes;
import cloud.yun.identity.credential.AccessRules;
import cloud.yun.identity.credential.AppCredentialRoutes;
import cloud.yun.identity.credential.AppCredentialRule;
import cloud.yun.identity.credential.AppCredentials;
import cloud.yun.identity.oauth1.AccessTokenRule;
import cloud.yun.identity.oauth1.ConsumerRoutes;
import cloud.yun.identity.oauth1.Consumers;
import cloud.yun.identity.oauth1.OAuth1Method;
import cloud.yun.identity.oauth1.OAuth1Routes;
import cloud.yun.identity.oauth1.OAuthPurge;
import cloud.yun.identity.oauth1.OAuthTokens;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.identity.token.DelegationRule;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.trust.TrustPurge;
import cloud.yun.identity.trust.TrustRoutes;
import cloud.yun.identity.trust.TrustRule;
import cloud.yun.identity.trust.TrustScope;
import cloud.yun.identity.trust.Trusts;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Wires the ways in which one acts for another: application credentials, trusts, OAuth.
final class DelegationModule {
    private static final Option<Integer> APP_CREDENTIALS_MAX = Option.integer(
            "application_credential",
            "user_limit",
            -1,
            "How many application credentials a user may have; negative for no limit.");
    private static final Option<Integer> REDELEGATION_MAX = Option.integer(
            "trust", "max_redelegation_count", 3, "The longest chain of trusts that may follow one trust.");
    private static final Option<Boolean> TRUSTS_BY_APP_CREDENTIAL = Option.bool(
            "security_compliance",
            "allow_insecure_application_credential_trust_escalation",
            false,
            "Whether an unrestricted application credential may see and manage its user's trusts. That lets it reach"
                    + " beyond the project that it was made for.");

    private static final Option<Duration> REQUEST_TOKEN_LIFE = Option.seconds(
            "oauth1", "request_token_duration", 28_800, "How long a request token of OAuth lives; 0 for no end.");
    private static final Option<Duration> ACCESS_TOKEN_LIFE = Option.seconds(
            "oauth1", "access_token_duration", 86_400, "How long an access token of OAuth lives; 0 for no end.");

    static final List<Option<?>> OPTIONS = List.of(
            APP_CREDENTIALS_MAX, REDELEGATION_MAX, TRUSTS_BY_APP_CREDENTIAL, REQUEST_TOKEN_LIFE, ACCESS_TOKEN_LIFE);

    private final List<Route> routes = new ArrayList<>();
    private final List<Reconciler> reconcilers = new ArrayList<>();
    private final List<AuthMethod> methods;
    private final List<ScopeKind> scopeKinds;

    DelegationModule(Workbench bench, Config config, Passwords passwords, Tokens tokens) {
        var bounds = new DelegationBounds(tokens, bench.db());
        var credentials = new AppCredentials(bench, passwords, bounds, config.get(APP_CREDENTIALS_MAX));
        routes.addAll(new AppCredentialRoutes(credentials).routes());
        routes.addAll(new AccessRuleRoutes(new AccessRules(bench, bounds)).routes());
        var trusts = new Trusts(
                bench, bounds, new Trusts.Limits(config.get(REDELEGATION_MAX), config.get(TRUSTS_BY_APP_CREDENTIAL)));
        routes.addAll(new TrustRoutes(trusts).routes());
        reconcilers.add(new TrustPurge(trusts));
        var oauth = new OAuthTokens(bench, bounds, config.get(REQUEST_TOKEN_LIFE), config.get(ACCESS_TOKEN_LIFE));
        routes.addAll(new ConsumerRoutes(new Consumers(bench)).routes());
        routes.addAll(new OAuth1Routes(oauth).routes());
        reconcilers.add(new OAuthPurge(oauth));
        methods = List.of(new AppCredentialMethod(bench.db(), passwords), new OAuth1Method(bench.db(), oauth));
        scopeKinds = List.of(new TrustScope(bench.db(), bench.clock()));
    }

    /// What tokens can rest on besides their user.
    static List<DelegationRule<?>> rules() {
        return List.of(new AppCredentialRule(), new TrustRule(), new AccessTokenRule());
    }

    List<AuthMethod> authMethods() {
        return methods;
    }

    /// Kinds of scope besides project, domain and system.
    List<ScopeKind> scopeKinds() {
        return scopeKinds;
    }

    List<Route> routes() {
        return routes;
    }

    List<Reconciler> reconcilers() {
        return reconcilers;
    }
}
