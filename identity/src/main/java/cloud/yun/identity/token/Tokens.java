package cloud.yun.identity.token;

import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.token.RevocationStore.Revocation;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Issues, validates and revokes tokens. Nothing is stored for a token; only revocations are.
public final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final int REMEMBERED = 10_000;
    private static final int LENGTH_MAX = 2_048;

    private final Database db;
    private final Epoch epoch;
    private final TokenProvider provider;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Duration life;
    private final Duration expiredWindow;
    private final Map<Class<?>, DelegationRule<?>> rules;
    private final TokenCache cache = new TokenCache(REMEMBERED);

    /// @param life of a new token
    /// @param expiredWindow for how long after its end services may still ask for a token
    /// @param rules of the delegations that tokens can rest on here; a token that rests on another one is refused
    public Tokens(
            Database db,
            Epoch epoch,
            TokenProvider provider,
            Clock clock,
            Supplier<UUID> ids,
            Duration life,
            Duration expiredWindow,
            List<DelegationRule<?>> rules) {
        this.db = db;
        this.epoch = epoch;
        this.provider = provider;
        this.clock = clock;
        this.ids = ids;
        this.life = life;
        this.expiredWindow = expiredWindow;
        this.rules = rules.stream().collect(Collectors.toUnmodifiableMap(DelegationRule::kind, r -> r));
    }

    public Duration life() {
        return life;
    }

    /// For how long a token can be asked for at most: so long are revocations kept.
    public Duration remembered() {
        return life.plus(expiredWindow);
    }

    /// @param since only later ones
    public List<Revocation> revocations(Optional<Instant> since) {
        return db.read(tx -> new RevocationStore(tx).list(since));
    }

    /// What a user has proven, and since when.
    ///
    /// @param at the moment before the proof was looked at: a later change of what it rests on revokes the token
    /// @param expiresAt the token must not live longer: the end of the token, trust ... that it is made from
    /// @param chainId audit id of the first token of the chain
    public record Proof(
            String userId,
            List<String> methods,
            Delegation delegation,
            Instant at,
            Optional<Instant> expiresAt,
            Optional<String> chainId) {}

    /// @throws Unauthorized the user may not have this scope, or something it rests on is disabled
    public ValidToken issue(Proof proof, Scope scope) {
        long at = epoch.now();
        var now = clock.instant();
        var audit = auditId();
        var token = db.read(tx -> {
            var issued = proof.at().truncatedTo(ChronoUnit.MICROS);
            var payload = new TokenPayload(
                    proof.userId(),
                    proof.methods(),
                    scope,
                    proof.delegation(),
                    issued,
                    end(proof, issued),
                    proof.chainId().map(c -> List.of(audit, c)).orElse(List.of(audit)));
            return new TokenReader(tx, now, rules).read(provider.seal(payload), payload);
        });
        cache.put(token.id(), at, token);
        return token;
    }

    private Instant end(Proof proof, Instant issued) {
        var usual = issued.plus(life);
        var end = proof.expiresAt().filter(usual::isAfter).orElse(usual);
        return end.truncatedTo(ChronoUnit.SECONDS);
    }

    /// @return empty when the token is unknown, malformed, expired or revoked
    public Optional<ValidToken> validate(String token) {
        return validate(token, clock.instant());
    }

    /// As [#validate], but a token will do that expired less than `[token] allow_expired_window` ago: services ask so
    /// while they finish what was begun when it held. Nothing else is forgiven.
    public Optional<ValidToken> validateExpired(String token) {
        return validate(token, clock.instant().minus(expiredWindow));
    }

    private Optional<ValidToken> validate(String token, Instant now) {
        long at = epoch.now();
        var known = cache.find(token, at);
        if (known.isPresent()) return known.filter(t -> now.isBefore(t.payload().expiresAt()));
        var payload = open(token);
        if (payload.isEmpty()) return Optional.empty();
        try {
            var valid = db.read(tx -> new TokenReader(tx, now, rules).read(token, payload.get()));
            cache.put(token, at, valid);
            return Optional.of(valid);
        } catch (Unauthorized e) {
            LOG.info(
                    "token {} of user {} refused: {}",
                    payload.get().auditIds(),
                    payload.get().userId(),
                    e.detail());
            return Optional.empty();
        }
    }

    /// Whether the text is a token that one of our keys made, valid or not.
    public boolean recognizes(String token) {
        return open(token).isPresent();
    }

    /// What is wrong with a text that does not validate, in Keystone's words.
    public String unknown(String token) {
        return recognizes(token) ? "Failed to validate token" : provider.unknown(token);
    }

    private Optional<TokenPayload> open(String token) {
        if (token.length() > LENGTH_MAX) return Optional.empty();
        return provider.open(token);
    }

    /// The token is refused everywhere from now on. Others of its chain stay.
    public void revoke(ValidToken token) {
        var payload = token.payload();
        epoch.write(tx -> new RevocationStore(tx)
                .token(
                        payload.auditIds().getFirst(),
                        clock.instant(),
                        payload.expiresAt().plus(expiredWindow)));
    }

    /// Forgets revocations of tokens that have expired by now anyway.
    public int purge() {
        return db.transaction(tx -> new RevocationStore(tx).purge(clock.instant()));
    }

    private String auditId() {
        var id = ids.get();
        var bytes = ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }
}
