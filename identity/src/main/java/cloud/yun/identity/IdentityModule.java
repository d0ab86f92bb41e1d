package cloud.yun.identity;

import cloud.yun.identity.auth.AuthRoutes;
import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.IdentityPolicy;
import cloud.yun.identity.base.Ids;
import cloud.yun.identity.catalog.Catalog;
import cloud.yun.identity.token.FernetKeys;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.reconcile.Reconciler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Identity, the room: wires it. The front door for other rooms is `Authenticator`, which they get from
/// [#authenticator].
public final class IdentityModule implements Room {
    private static final Option<Duration> EXPIRATION =
            Option.seconds("token", "expiration", 86_400, "How long a token lives, in seconds.");
    private static final Option<Integer> ROUNDS = Option.integer(
            "identity", "password_hash_rounds", 12, "Cost of bcrypt: binary logarithm of its rounds, 4 to 31.");
    private static final Option<String> KEY_REPOSITORY = Option.text(
            "fernet_tokens",
            "key_repository",
            "",
            "Directory of the Fernet keys in Keystone's layout. Empty: identity/fernet-keys in the data directory.");

    private final Kernel kernel;
    private final ApiService service =
            new ApiService("identity", "/identity", List.of(5000, 35357), FaultDialect.IDENTITY, Optional.empty());
    private final Policy policy;
    private final Tokens tokens;
    private final FirstStart firstStart;
    private final List<Route> routes = new ArrayList<>();

    public IdentityModule(Kernel kernel) {
        this.kernel = kernel;
        var db = kernel.db();
        var clock = kernel.clock();
        var epoch = new Epoch(db);
        var ids = new Ids(kernel.ids());
        policy = new Policy(IdentityPolicy.defaults(), Optional.of(kernel.data().resolve("identity/policy.yaml")));
        var passwords = new Passwords(kernel.config().get(ROUNDS), clock);
        tokens = new Tokens(
                db,
                epoch,
                new FernetKeys(keyRepository()),
                clock,
                kernel.ids(),
                kernel.config().get(EXPIRATION));
        firstStart = new FirstStart(db, epoch, passwords, ids, clock);
        var catalog = new Catalog(db, epoch);
        var reach = new Reach(db);
        var authentication = new Authentication(db, tokens, passwords, clock);
        routes.addAll(new Discovery().routes());
        routes.addAll(new AuthRoutes(authentication, tokens, catalog, reach, policy).routes());
    }

    private Path keyRepository() {
        var configured = kernel.config().get(KEY_REPOSITORY);
        return configured.isEmpty() ? kernel.data().resolve("identity/fernet-keys") : Path.of(configured);
    }

    public static List<Option<?>> options() {
        return List.of(EXPIRATION, ROUNDS, KEY_REPOSITORY);
    }

    /// Tells every service who a token belongs to. Revocations take effect at once.
    public Authenticator authenticator() {
        return token -> tokens.validate(token).map(ValidToken::caller);
    }

    /// Makes domain, roles, projects, users and catalog. May be repeated: what is there stays, passwords too;
    /// endpoint
    /// addresses follow.
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
    public List<Reconciler> reconcilers() {
        return List.of(new RevocationPurge(tokens));
    }
}
