package cloud.yun.identity.oauth1;

import cloud.yun.identity.assignment.EffectiveRoles;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.role.Role;
import cloud.yun.identity.role.RoleStore;
import cloud.yun.identity.token.DelegationBounds;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The three steps of OAuth 1.0a: a consumer asks for a request token, a user authorises it, the consumer exchanges
/// it for an access token. Then it can log in with the access token until it is deleted or expires.
public final class OAuthTokens {
    private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(10);

    private final Workbench bench;
    private final DelegationBounds bounds;
    private final Duration requestLife;
    private final Duration accessLife;

    /// @param requestLife of a request token; zero for no end
    /// @param accessLife of an access token; zero for no end
    public OAuthTokens(Workbench bench, DelegationBounds bounds, Duration requestLife, Duration accessLife) {
        this.bench = bench;
        this.bounds = bounds;
        this.requestLife = requestLife;
        this.accessLife = accessLife;
    }

    private Optional<Instant> end(Duration life) {
        return life.isZero() ? Optional.empty() : Optional.of(bench.now().plus(life));
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }

    private static Consumer consumer(Tx tx, String id) {
        return new ConsumerStore(tx).find(id).orElseThrow(Consumers::none);
    }

    /// @throws Invalid the time stamp is too far from our time
    /// @throws Unauthorized the signature is wrong, or the request was seen before
    private void verify(Tx tx, SignedRequest request, Consumer consumer, String token, String tokenSecret) {
        long stamp = request.stampSeconds();
        if (Math.abs(bench.now().getEpochSecond() - stamp) > CLOCK_SKEW_MAX.toSeconds())
            throw new Invalid("Validation failed with errors: invalid_request, detail message is: Timestamp given is"
                    + " invalid, differ from allowed by over " + CLOCK_SKEW_MAX.toSeconds() + " seconds.");
        if (!request.signedWith(consumer.secret(), tokenSecret)) throw refused("wrong signature");
        if (!new OAuthTokenStore(tx).first(consumer.id(), token, request.needed("oauth_nonce"), stamp))
            throw refused("the request was seen before");
    }

    /// @param projectId on which the consumer wants to act
    /// @throws NotFound no such consumer or project
    RequestToken request(SignedRequest request, String projectId) {
        return bench.db().transaction(tx -> {
            var consumer = consumer(tx, request.needed("oauth_consumer_key"));
            verify(tx, request, consumer, "", "");
            if (new ProjectStore(tx).find(projectId).isEmpty()) throw Words.notFound("project", projectId);
            var token = new RequestToken(
                    bench.ids().next(),
                    consumer.id(),
                    Secrets.next(),
                    projectId,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    end(requestLife));
            new OAuthTokenStore(tx).insert(token);
            bench.tell(tx, Caller.anonymous(""), "OS-OAUTH1:request_token", "created", token.id());
            return token;
        });
    }

    private RequestToken requestToken(Tx tx, String id) {
        var token = new OAuthTokenStore(tx).request(id).orElseThrow(() -> new NotFound("Request token not found"));
        if (token.expired(bench.now())) throw refused("the request token has expired");
        return token;
    }

    /// @param wanted roles by `id` or `name`
    /// @return the verifier, by which the consumer shows that it was told
    /// @throws Unauthorized the caller does not have these roles on the project
    String authorize(Caller caller, String id, JsonNode wanted) {
        bench.policy().require(caller, "identity:authorize_request_token");
        bounds.requireOwn(caller);
        return bench.db().transaction(tx -> {
            var token = requestToken(tx, id);
            var project = new ProjectStore(tx)
                    .find(token.projectId())
                    .orElseThrow(() -> Words.notFound("project", token.projectId()));
            var roles = new LinkedHashSet<String>();
            for (var role : wanted) roles.add(role(tx, role));
            var owned = new EffectiveRoles(tx)
                    .onProject(caller.userId(), project).stream().map(Role::id).toList();
            if (!owned.containsAll(roles)) throw refused("the user does not have the roles");
            var verifier = Secrets.verifier();
            new OAuthTokenStore(tx).authorize(id, caller.userId(), verifier, List.copyOf(roles));
            return verifier;
        });
    }

    private static String role(Tx tx, JsonNode role) {
        var id = role.path("id").asString("");
        var name = role.path("name").asString("");
        if (!id.isEmpty()) return id;
        return new RoleStore(tx)
                .byName("", name)
                .orElseThrow(() -> Words.notFound("role", name))
                .id();
    }

    /// @throws Unauthorized the consumer does not know what the user was told, or another one asked
    AccessToken access(SignedRequest request) {
        return bench.db().transaction(tx -> {
            var consumerKey = request.needed("oauth_consumer_key");
            var asked = requestToken(tx, request.needed("oauth_token"));
            var verifier = request.needed("oauth_verifier");
            if (!asked.consumerId().equals(consumerKey)) throw refused("another consumer's request token");
            verify(tx, request, consumer(tx, consumerKey), asked.id(), asked.secret());
            boolean told = asked.verifier().map(v -> same(v, verifier)).orElse(false);
            var user = asked.authorizingUserId().filter(_ -> told);
            var token = new AccessToken(
                    bench.ids().next(),
                    asked.consumerId(),
                    Secrets.next(),
                    asked.projectId(),
                    user.orElseThrow(() -> refused("not authorised, or a wrong verifier")),
                    asked.roleIds(),
                    end(accessLife));
            var store = new OAuthTokenStore(tx);
            if (!store.use(asked)) throw refused("the request token was used");
            store.insert(token);
            bench.tell(tx, Caller.anonymous(""), "OS-OAUTH1:access_token", "created", token.id());
            return token;
        });
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /// A login of a consumer.
    ///
    /// @throws Unauthorized no such access token, expired, or wrongly signed
    AccessToken login(SignedRequest request) {
        return bench.db().transaction(tx -> {
            var id = request.needed("oauth_token");
            var token = new OAuthTokenStore(tx).access(id).orElseThrow(() -> refused("no such access token"));
            if (token.expiresAt().map(bench.now()::isAfter).orElse(false))
                throw refused("the access token has expired");
            if (!token.consumerId().equals(request.needed("oauth_consumer_key"))) throw refused("another consumer");
            verify(tx, request, consumer(tx, token.consumerId()), id, token.secret());
            return token;
        });
    }

    List<AccessToken> list(Caller caller, String userId) {
        bench.policy().require(caller, "identity:list_access_tokens");
        bounds.requireOwn(caller);
        return bench.db().read(tx -> new OAuthTokenStore(tx).accessOfUser(userId));
    }

    /// @throws NotFound the user has authorised no such token
    AccessToken get(Caller caller, String rule, String userId, String id) {
        bench.policy().require(caller, rule);
        bounds.requireOwn(caller);
        return bench.db()
                .read(tx -> new OAuthTokenStore(tx).access(id))
                .filter(t -> t.authorizingUserId().equals(userId))
                .orElseThrow(() -> new NotFound("Access token not found"));
    }

    List<Role> roles(Caller caller, String rule, String userId, String id) {
        var token = get(caller, rule, userId, id);
        return bench.db().read(tx -> new RoleStore(tx).among(token.roleIds()));
    }

    /// Deletes an access token; what was done with it is not undone, but it opens nothing any more.
    void delete(Caller caller, String userId, String id) {
        get(caller, "identity:delete_access_token", userId, id);
        bench.epoch().write(tx -> {
            new OAuthTokenStore(tx).deleteAccess(id);
            bench.tell(tx, caller, "OS-OAUTH1:access_token", "deleted", id);
        });
    }

    void purge() {
        long before = bench.now().minus(CLOCK_SKEW_MAX).minus(CLOCK_SKEW_MAX).getEpochSecond();
        bench.db().write(tx -> new OAuthTokenStore(tx).purge(bench.now(), before));
    }
}
