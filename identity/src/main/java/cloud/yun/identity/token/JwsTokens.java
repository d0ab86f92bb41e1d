package cloud.yun.identity.token;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `[token] provider = jws`: signed JSON (ES256) with Keystone's claims. Whoever has the public key can read and
/// verify them, yet not make them. Longer than Fernet tokens, and readable by everybody.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc7515">RFC 7515</a>
public final class JwsTokens implements TokenProvider {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final String HEAD = encoded("{\"alg\":\"ES256\",\"typ\":\"JWT\"}");
    /// The JDK's name for the two numbers side by side, as JWS has them.
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

    private final JwsKeys keys;

    public JwsTokens(JwsKeys keys) {
        this.keys = keys;
    }

    private static String encoded(String text) {
        return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String seal(TokenPayload p) {
        var text = HEAD + "." + encoded(Json.text(claims(p)));
        try {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initSign(keys.signing());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + ENCODER.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JWS key cannot sign", e);
        }
    }

    private static ObjectNode claims(TokenPayload p) {
        var claims = Json.object()
                .put("sub", p.userId())
                .put("iat", p.issuedAt().getEpochSecond())
                .put("exp", p.expiresAt().getEpochSecond());
        p.methods().forEach(claims.putArray("openstack_methods")::add);
        p.auditIds().forEach(claims.putArray("openstack_audit_ids")::add);
        switch (p.scope()) {
            case Scope.Unscoped _ -> {}
            case Scope.Project s -> claims.put("openstack_project_id", s.id());
            case Scope.Domain s -> claims.put("openstack_domain_id", s.id());
            case Scope.System _ -> claims.put("openstack_system", "all");
        }
        switch (p.delegation()) {
            case Delegation.None _ -> {}
            case Delegation.Trust d -> claims.put("openstack_trust_id", d.id());
            case Delegation.AccessToken d -> claims.put("openstack_access_token_id", d.id());
            case Delegation.AppCredential d -> claims.put("openstack_app_cred_id", d.id());
            case Delegation.Certificate d -> claims.put("openstack_thumbprint", d.thumbprint());
            case Delegation.Federation d -> {
                var groups = claims.putArray("openstack_group_ids");
                d.groupIds().forEach(g -> groups.addObject().put("id", g));
                claims.put("openstack_idp_id", d.identityProviderId()).put("openstack_protocol_id", d.protocolId());
            }
        }
        // Our own: the fraction of the second, so that a token and a revocation in one second have an order.
        if (p.issuedAt().getNano() > 0)
            claims.put("yun_iat_micros", p.issuedAt().getNano() / 1000);
        return claims;
    }

    @Override
    public Optional<TokenPayload> open(String token) {
        int dot = token.lastIndexOf('.');
        if (dot < 0 || !token.startsWith(HEAD.substring(0, 3))) return Optional.empty();
        try {
            var parts = token.substring(0, dot).split("\\.", -1);
            if (parts.length != 2 || !alg(parts[0]) || !signed(token, dot)) return Optional.empty();
            return json(parts[1]).flatMap(JwsTokens::payload);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String unknown(String token) {
        return "Could not find token: " + token + ".";
    }

    private static boolean alg(String head) {
        return json(head).map(h -> h.path("alg").asString("").equals("ES256")).orElse(false);
    }

    private boolean signed(String token, int dot) {
        var signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
        // Another spelling of the same bytes would be another token to the cache and to revocations.
        if (signature.length != 64 || !ENCODER.encodeToString(signature).equals(token.substring(dot + 1))) return false;
        for (var key : keys.verifying()) {
            try {
                var check = Signature.getInstance(ALGORITHM);
                check.initVerify(key);
                check.update(token.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
                if (check.verify(signature)) return true;
            } catch (SignatureException e) {
                return false; // no pair of numbers that could be a signature
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("a JWS key cannot verify", e);
            }
        }
        return false;
    }

    private static Optional<ObjectNode> json(String part) {
        try {
            return Json.parse(Base64.getUrlDecoder().decode(part)) instanceof ObjectNode object
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (Invalid e) {
            return Optional.empty();
        }
    }

    private static Optional<TokenPayload> payload(ObjectNode claims) {
        var audits = texts(claims.path("openstack_audit_ids"));
        var user = claims.path("sub").asString("");
        if (user.isEmpty()
                || audits.isEmpty()
                || !claims.path("exp").isNumber()
                || !claims.path("iat").isNumber()) return Optional.empty();
        return Optional.of(new TokenPayload(
                user,
                texts(claims.path("openstack_methods")),
                scope(claims),
                delegation(claims),
                Instant.ofEpochSecond(claims.path("iat").asLong(0))
                        .plusNanos(claims.path("yun_iat_micros").asInt(0) * 1000L),
                Instant.ofEpochSecond(claims.path("exp").asLong(0)),
                audits));
    }

    private static Scope scope(ObjectNode claims) {
        return text(claims, "project_id")
                .<Scope>map(Scope.Project::new)
                .or(() -> text(claims, "domain_id").map(Scope.Domain::new))
                .or(() -> text(claims, "system").map(_ -> new Scope.System()))
                .orElseGet(Scope.Unscoped::new);
    }

    private static Delegation delegation(ObjectNode claims) {
        return text(claims, "trust_id")
                .<Delegation>map(Delegation.Trust::new)
                .or(() -> text(claims, "access_token_id").map(Delegation.AccessToken::new))
                .or(() -> text(claims, "app_cred_id").map(Delegation.AppCredential::new))
                .or(() -> text(claims, "thumbprint").map(t -> new Delegation.Certificate(t, Optional.empty())))
                .or(() -> text(claims, "idp_id")
                        .map(idp -> new Delegation.Federation(
                                claims.path("openstack_group_ids").findValuesAsString("id"),
                                idp,
                                text(claims, "protocol_id").orElse(""))))
                .orElse(Delegation.NONE);
    }

    private static Optional<String> text(ObjectNode claims, String name) {
        return Optional.of(claims.path("openstack_" + name).asString("")).filter(t -> !t.isEmpty());
    }

    private static List<String> texts(JsonNode array) {
        var found = new ArrayList<String>();
        for (var item : array) if (item.isString()) found.add(item.asString());
        return List.copyOf(found);
    }
}
