package cloud.yun.identity.ec2;

import cloud.yun.identity.base.Expiry;
import cloud.yun.identity.credential.CredentialVault;
import cloud.yun.identity.credential.CredentialVault.Ec2Keys;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.token.Tokens;
import cloud.yun.identity.token.Tokens.Proof;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.identity.trust.TrustStore;
import cloud.yun.identity.user.User;
import cloud.yun.identity.user.UserStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Holds a signature against the secret of the key that the request names, and gives a token of its user.
public final class SignedRequests {
    private static final DateTimeFormatter COMPACT = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX");

    private final Database db;
    private final CredentialVault vault;
    private final Tokens tokens;
    private final Clock clock;
    private final Duration ttl;

    /// @param ttl `[credential] auth_ttl`: how old a signed request may be
    public SignedRequests(Database db, CredentialVault vault, Tokens tokens, Clock clock, Duration ttl) {
        this.db = db;
        this.vault = vault;
        this.tokens = tokens;
        this.clock = clock;
        this.ttl = ttl;
    }

    /// One way of signing.
    interface Check {
        boolean holds(ObjectNode credentials, String secret);
    }

    static boolean ec2(ObjectNode credentials, String secret) {
        var given = credentials.path("signature").asString("");
        if (given.isEmpty()) throw refused("no signature");
        var host = credentials.path("host").asString("");
        var signature = new Ec2Signature(credentials);
        if (Hmacs.same(given, signature.of(secret, host))) return true;
        // Some clients do not sign the port.
        int colon = host.lastIndexOf(':');
        return colon >= 0 && Hmacs.same(given, signature.of(secret, host.substring(0, colon)));
    }

    static boolean s3(ObjectNode credentials, String secret) {
        var signature = new S3Signature(credentials.path("token").asString(""));
        return Hmacs.same(credentials.path("signature").asString(""), signature.of(secret));
    }

    /// @throws NotFound there is no such access key
    /// @throws Unauthorized the signature or its age does not hold, or the user may not have the project
    ValidToken token(ObjectNode credentials, Check check) {
        var at = clock.instant();
        var access = credentials.path("access").asString("");
        if (access.isEmpty()) throw refused("no access key");
        record Found(Ec2Keys keys, Optional<User> user, Optional<Project> project) {}
        var found = db.read(tx -> vault.ec2(tx, access)
                        .map(k -> new Found(
                                k, new UserStore(tx).find(k.userId()), new ProjectStore(tx).find(k.projectId()))))
                .orElseThrow(() -> new NotFound("EC2 access key not found."));
        var keys = found.keys();
        if (!check.holds(credentials, keys.blob().path("secret").asString(""))) throw refused("a wrong signature");
        if (found.user().filter(User::enabled).isEmpty()) throw refused("no such user, or disabled");
        if (found.project().filter(Project::enabled).isEmpty()) throw refused("no such project, or disabled");
        fresh(credentials);
        var delegation = delegation(keys.blob());
        var proof = new Proof(
                bearer(keys, delegation), List.of("ec2credential"), delegation, at, Optional.empty(), Optional.empty());
        return tokens.issue(proof, new Scope.Project(keys.projectId()));
    }

    /// What the keys were made by: their tokens reach no further.
    private static Delegation delegation(ObjectNode blob) {
        var trust = blob.path("trust_id").asString("");
        if (!trust.isEmpty()) return new Delegation.Trust(trust);
        var credential = blob.path("app_cred_id").asString("");
        if (!credential.isEmpty()) return new Delegation.AppCredential(credential);
        var access = blob.path("access_token_id").asString("");
        return access.isEmpty() ? Delegation.NONE : new Delegation.AccessToken(access);
    }

    /// Keys that were made by way of a trust name the trustor; the trust is the trustee's to use.
    private String bearer(Ec2Keys keys, Delegation delegation) {
        if (!(delegation instanceof Delegation.Trust trust)) return keys.userId();
        return db.read(tx -> new TrustStore(tx).find(trust.id()))
                .orElseThrow(() -> refused("no such trust"))
                .trusteeId();
    }

    /// A request without a time is one whose signer left it away on purpose.
    private void fresh(ObjectNode credentials) {
        var params = credentials.path("params");
        var headers = credentials.path("headers");
        var text = List.of(params.path("Timestamp"), headers.path("X-Amz-Date"), params.path("X-Amz-Date")).stream()
                .map(n -> n.asString(""))
                .filter(t -> !t.isEmpty())
                .findFirst();
        if (text.isPresent() && clock.instant().isAfter(time(text.get()).plus(ttl)))
            throw refused("the signed request is too old");
    }

    private static Instant time(String text) {
        try {
            if (text.indexOf('-') < 0)
                return OffsetDateTime.parse(text, COMPACT).toInstant();
            return Expiry.instant(text);
        } catch (DateTimeException e) {
            throw refused("the time of the signed request is none: " + e.getMessage());
        }
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }
}
