package cloud.yun.identity.oauth1;

import cloud.yun.identity.base.Words;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A request whose `Authorization` header signs it.
///
/// @param uri without a query
/// @param oauth the header's parameters, decoded, the signature and the realm among them
/// @param others parameters of the query and of a form, decoded
/// @see <a href="https://www.rfc-editor.org/rfc/rfc5849#section-3.4">RFC 5849, 3.4</a>
record SignedRequest(String method, String uri, Map<String, String> oauth, List<Parameter> others) {
    private static final String UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    private static final Map<String, String> MACS = Map.of("HMAC-SHA1", "HmacSHA1", "HMAC-SHA256", "HmacSHA256");
    private static final List<String> MANDATORY = List.of(
            "oauth_consumer_key", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce");

    record Parameter(String name, String value) {}

    /// @param form the body, if it is a form
    /// @throws Invalid no such header, or something mandatory is missing in it
    static SignedRequest of(Request request, String form) {
        var header = request.header("Authorization").filter(h -> h.regionMatches(true, 0, "OAuth ", 0, 6));
        if (header.isEmpty()) throw Words.expecting("OAuth parameters", "Authorization header");
        var oauth = parameters(header.get().substring(6));
        for (var name : MANDATORY) if (!oauth.containsKey(name)) throw missing();
        if (!oauth.getOrDefault("oauth_version", "1.0").equals("1.0")) throw wrong("Invalid OAuth version.");
        if (!MACS.containsKey(oauth.get("oauth_signature_method")))
            throw wrong("Invalid signature, HMAC-SHA1 is expected.");
        var others = new ArrayList<Parameter>();
        request.query().forEach((name, values) -> values.forEach(v -> others.add(new Parameter(name, v))));
        for (var pair : form.split("&", -1)) {
            if (pair.isEmpty()) continue;
            var parts = pair.split("=", 2);
            others.add(new Parameter(decode(parts[0], true), parts.length == 2 ? decode(parts[1], true) : ""));
        }
        return new SignedRequest(request.method(), baseUri(request.url() + request.path()), oauth, others);
    }

    private static Invalid missing() {
        return wrong("Missing mandatory OAuth parameters.");
    }

    private static Invalid wrong(String why) {
        return new Invalid("Validation failed with errors: invalid_request, detail message is: " + why + ".");
    }

    private static Map<String, String> parameters(String header) {
        var found = new LinkedHashMap<String, String>();
        for (var part : header.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) continue;
            var value = part.substring(equals + 1).strip();
            if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\""))
                value = value.substring(1, value.length() - 1);
            found.put(decode(part.substring(0, equals).strip(), false), decode(value, false));
        }
        return found;
    }

    private static String decode(String text, boolean form) {
        try {
            return URLDecoder.decode(form ? text : text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong("Badly encoded parameter.");
        }
    }

    /// Scheme and host in lower case, without the scheme's own port.
    private static String baseUri(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw wrong("Badly encoded address.");
        }
        var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        var authority = String.valueOf(uri.getRawAuthority()).toLowerCase(Locale.ROOT);
        var usual = scheme.equals("https") ? ":443" : ":80";
        if (authority.endsWith(usual)) authority = authority.substring(0, authority.length() - usual.length());
        return scheme + "://" + authority + uri.getRawPath();
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(oauth.get(name)).filter(v -> !v.isEmpty());
    }

    /// @throws Invalid it is not there
    String needed(String name) {
        return parameter(name).orElseThrow(() -> Words.expecting(name, "request"));
    }

    /// @throws Invalid the time stamp is no number
    long stampSeconds() {
        try {
            return Long.parseLong(needed("oauth_timestamp"));
        } catch (NumberFormatException e) {
            throw wrong("Invalid timestamp format");
        }
    }

    /// @param tokenSecret empty text for a request without a token
    boolean signedWith(String consumerSecret, String tokenSecret) {
        var algorithm = MACS.getOrDefault(needed("oauth_signature_method"), "HmacSHA1");
        try {
            var mac = Mac.getInstance(algorithm);
            var key = encode(consumerSecret) + "&" + encode(tokenSecret);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            var wanted = Base64.getEncoder().encode(mac.doFinal(base().getBytes(StandardCharsets.UTF_8)));
            return MessageDigest.isEqual(wanted, needed("oauth_signature").getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The signature base string, section 3.4.1.
    String base() {
        var all = new ArrayList<Parameter>();
        others.forEach(p -> all.add(new Parameter(encode(p.name()), encode(p.value()))));
        oauth.forEach((name, value) -> {
            if (!name.equals("oauth_signature") && !name.equals("realm"))
                all.add(new Parameter(encode(name), encode(value)));
        });
        all.sort(java.util.Comparator.comparing(Parameter::name).thenComparing(Parameter::value));
        var normal = String.join(
                "&", all.stream().map(p -> p.name() + "=" + p.value()).toList());
        return encode(method.toUpperCase(Locale.ROOT)) + "&" + encode(uri) + "&" + encode(normal);
    }

    /// Section 3.6.
    private static String encode(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (UNRESERVED.indexOf(c) >= 0) out.append(c);
            else out.append('%').append("%02X".formatted((int) c));
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return "SignedRequest[" + method + " " + uri + "]";
    }
}
