package cloud.yun.identity;

import cloud.yun.identity.auth.AuthMethod;
import cloud.yun.identity.auth.AuthRoutes;
import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.auth.PasswordMethod;
import cloud.yun.identity.auth.Passwords;
import cloud.yun.identity.auth.Reach;
import cloud.yun.identity.auth.RevocationRoutes;
import cloud.yun.identity.auth.ScopeKind;
import cloud.yun.identity.auth.TokenMethod;
import cloud.yun.identity.auth.TotpMethod;
import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.catalog.Catalog;
import cloud.yun.identity.credential.CredentialVault;
import cloud.yun.identity.ec2.SignedRequestRoutes;
import cloud.yun.identity.ec2.SignedRequests;
import cloud.yun.identity.password.PasswordHashers;
import cloud.yun.identity.token.DelegationRule;
import cloud.yun.identity.token.FernetKeys;
import cloud.yun.identity.token.FernetTokens;
import cloud.yun.identity.token.JwsKeys;
import cloud.yun.identity.token.JwsTokens;
import cloud.yun.identity.token.Receipts;
import cloud.yun.identity.token.TokenProvider;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.user.Lockout;
import cloud.yun.identity.user.PasswordCheck;
import cloud.yun.identity.user.SecurityCompliance;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Wires how users come in: passwords, methods, tokens, receipts, signed requests.
final class LoginModule {
    private static final Option<Duration> EXPIRATION =
            Option.seconds("token", "expiration", 86_400, "How long a token lives, in seconds.");
    private static final Option<Duration> EXPIRED_WINDOW = Option.seconds(
            "token",
            "allow_expired_window",
            172_800,
            "For how many seconds after its end services may still ask for a token, to finish what they began.");
    private static final Option<Boolean> RESCOPE = Option.bool(
            "token", "allow_rescope_scoped_token", true, "Whether a scoped token can be exchanged for another scope.");
    private static final Option<Boolean> JWS = new Option<>(
            "token",
            "provider",
            "fernet",
            "What tokens are: fernet (short, sealed) or jws (signed JSON, longer, readable by everybody).",
            LoginModule::jws);
    private static final Option<List<String>> METHODS = Option.list(
            "auth",
            "methods",
            "external,password,token,oauth1,mapped,application_credential",
            "How users can prove who they are. Tokens hold the methods as bits in this order, so all who read each"
                    + " other's tokens must have the same.");
    private static final Option<String> KEY_REPOSITORY =
            directory("fernet_tokens", "key_repository", "the Fernet keys of tokens", "fernet-keys");
    private static final Option<Integer> KEYS_MAX = Option.integer(
            "fernet_tokens",
            "max_active_keys",
            3,
            "Keys of tokens that a rotation leaves, the staged one included. A token stays good for this number less two"
                    + " rotations, so rotate no more often than that fits [token] expiration.");
    private static final Option<String> RECEIPT_REPOSITORY =
            directory("fernet_receipts", "key_repository", "the Fernet keys of receipts", "receipt-keys");
    private static final Option<String> CREDENTIAL_REPOSITORY =
            directory("credential", "key_repository", "the keys that encrypt credentials", "credential-keys");
    private static final Option<String> JWS_PRIVATE =
            directory("jwt_tokens", "jws_private_key_repository", "private.pem", "jws-keys/private");
    private static final Option<String> JWS_PUBLIC =
            directory("jwt_tokens", "jws_public_key_repository", "the public JWS keys", "jws-keys/public");
    private static final Option<Duration> RECEIPT_LIFE = Option.seconds(
            "receipt",
            "expiration",
            300,
            "Seconds in which a user must pass the other methods that its rules ask for.");
    private static final Option<Integer> PREVIOUS_WINDOWS = Option.integer(
            "totp",
            "included_previous_windows",
            1,
            "How many of the last one-time passwords hold besides the current.");
    private static final Option<Integer> SIGNED_TTL = Option.integer(
            "credential", "auth_ttl", 15, "Minutes for which a request to EC2 or S3 is good after it was signed.");

    private final Kernel kernel;
    private final SecurityCompliance compliance;
    private final Passwords passwords;
    private final Lockout lockout;
    private final Tokens tokens;
    private final CredentialVault vault;
    private final FernetKeys credentialKeys;
    private final FernetKeys tokenKeys;

    LoginModule(Kernel kernel, Epoch epoch, List<DelegationRule<?>> rules) {
        this.kernel = kernel;
        compliance = SecurityCompliance.of(kernel.config());
        passwords = new Passwords(PasswordHashers.of(kernel.config()), kernel.clock());
        lockout = new Lockout(kernel.db(), compliance, kernel.clock());
        credentialKeys = new FernetKeys(path(CREDENTIAL_REPOSITORY, "credential-keys"));
        tokenKeys = new FernetKeys(path(KEY_REPOSITORY, "fernet-keys"));
        vault = new CredentialVault(credentialKeys);
        tokens = new Tokens(
                kernel.db(),
                epoch,
                provider(),
                kernel.clock(),
                kernel.ids(),
                kernel.config().get(EXPIRATION),
                kernel.config().get(EXPIRED_WINDOW),
                rules);
    }

    static List<Option<?>> options() {
        var options = new ArrayList<Option<?>>(SecurityCompliance.options());
        options.addAll(PasswordHashers.options());
        options.addAll(List.of(EXPIRATION, EXPIRED_WINDOW, RESCOPE, JWS, METHODS));
        options.addAll(
                List.of(KEY_REPOSITORY, KEYS_MAX, RECEIPT_REPOSITORY, CREDENTIAL_REPOSITORY, JWS_PRIVATE, JWS_PUBLIC));
        options.addAll(List.of(RECEIPT_LIFE, PREVIOUS_WINDOWS, SIGNED_TTL));
        return options;
    }

    private static Option<String> directory(String section, String name, String what, String standard) {
        return Option.text(
                section,
                name,
                "",
                "Directory of " + what + ", in Keystone's layout. Empty: identity/" + standard
                        + " in the data directory.");
    }

    private static boolean jws(String text) {
        return switch (text) {
            case "fernet" -> false;
            case "jws" -> true;
            default -> throw new IllegalArgumentException("'" + text + "' is neither fernet nor jws");
        };
    }

    private Path path(Option<String> option, String standard) {
        var configured = kernel.config().get(option);
        return configured.isEmpty() ? kernel.data().resolve("identity/" + standard) : Path.of(configured);
    }

    private TokenProvider provider() {
        if (kernel.config().get(JWS))
            return new JwsTokens(
                    new JwsKeys(path(JWS_PRIVATE, "jws-keys/private"), path(JWS_PUBLIC, "jws-keys/public")));
        return new FernetTokens(tokenKeys, kernel.config().get(METHODS));
    }

    SecurityCompliance compliance() {
        return compliance;
    }

    Passwords passwords() {
        return passwords;
    }

    PasswordCheck check() {
        return new PasswordCheck(kernel.db(), passwords, lockout, kernel.clock());
    }

    PasswordMethod passwordMethod() {
        return new PasswordMethod(check());
    }

    Tokens tokens() {
        return tokens;
    }

    FernetKeys credentialKeys() {
        return credentialKeys;
    }

    /// @return empty when tokens are not Fernet's
    Optional<FernetKeys> tokenKeys() {
        return kernel.config().get(JWS) ? Optional.empty() : Optional.of(tokenKeys);
    }

    int tokenKeysMax() {
        return kernel.config().get(KEYS_MAX);
    }

    List<Maintenance.Finding> optionFindings(boolean v2Shim) {
        return OptionCheck.of(
                kernel.config(),
                kernel.config().get(EXPIRATION),
                v2Shim,
                kernel.config().get(KEYS_MAX),
                path(KEY_REPOSITORY, "fernet-keys"),
                path(CREDENTIAL_REPOSITORY, "credential-keys"));
    }

    CredentialVault vault() {
        return vault;
    }

    /// @param more methods besides `token` and `totp`
    /// @param kinds of scope besides project, domain and system
    Authentication authentication(List<AuthMethod> more, List<ScopeKind> kinds) {
        var db = kernel.db();
        var own = List.<AuthMethod>of(
                new TokenMethod(db, tokens, kernel.config().get(RESCOPE)),
                new TotpMethod(db, vault, lockout, kernel.config().get(PREVIOUS_WINDOWS), kernel.clock()));
        var methods = kernel.config().get(METHODS);
        var receipts = new Receipts(
                new FernetKeys(path(RECEIPT_REPOSITORY, "receipt-keys")),
                methods,
                kernel.clock(),
                kernel.config().get(RECEIPT_LIFE));
        return new Authentication(
                db,
                tokens,
                receipts,
                methods,
                Stream.concat(own.stream(), more.stream()).toList(),
                kinds,
                kernel.clock());
    }

    List<Route> routes(Authentication authentication, Catalog catalog, Reach reach, Policy policy) {
        var routes = new ArrayList<Route>();
        routes.addAll(new AuthRoutes(authentication, tokens, catalog, reach, policy).routes());
        routes.addAll(new RevocationRoutes(tokens).routes());
        var age = Duration.ofMinutes(kernel.config().get(SIGNED_TTL));
        var signed = new SignedRequests(kernel.db(), vault, tokens, kernel.clock(), age);
        routes.addAll(new SignedRequestRoutes(signed, catalog).routes());
        return routes;
    }
}
