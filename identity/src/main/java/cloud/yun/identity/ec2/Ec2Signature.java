package cloud.yun.identity.ec2;

import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The signature that a request to EC2 should have, in versions 0, 1, 2 and 4.
///
/// @param credentials what the service saw: `access`, `signature`, `verb`, `host`, `path`, `params`, `headers`,
///     `body_hash`
/// @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html">signing requests</a>
record Ec2Signature(ObjectNode credentials) {
    private static final String V4 = "AWS4-HMAC-SHA256";
    /// These send the port in `host` and sign without it.
    private static final Pattern OLD_BOTO = Pattern.compile("^Boto/2\\.[0-9]\\.[0-2]");

    private Map<String, String> map(String name) {
        var found = new TreeMap<String, String>();
        if (credentials.get(name) instanceof ObjectNode object)
            object.properties().forEach(p -> found.put(p.getKey(), p.getValue().asString("")));
        return found;
    }

    private String text(String name) {
        return credentials.path(name).asString("");
    }

    /// @throws Unauthorized no version that we know, or something that it signs is missing
    String of(String secret, String host) {
        var params = map("params");
        var version = Optional.ofNullable(params.get("SignatureVersion"));
        var key = Hmacs.bytes(secret);
        return switch (version.orElse("")) {
            case "0" ->
                Hmacs.base64(Hmacs.sha1(
                        key, Hmacs.bytes(params.getOrDefault("Action", "") + params.getOrDefault("Timestamp", ""))));
            case "1" -> Hmacs.base64(Hmacs.sha1(key, Hmacs.bytes(joined(params))));
            case "2" -> {
                params.put("SignatureMethod", "HmacSHA256");
                var signed = text("verb") + "\n" + host + "\n" + text("path") + "\n" + query(params);
                yield Hmacs.base64(Hmacs.sha256(key, Hmacs.bytes(signed)));
            }
            default -> {
                if (!isVersion4(params)) throw refused("a signature of no known version");
                yield version4(secret, params);
            }
        };
    }

    private boolean isVersion4(Map<String, String> params) {
        return map("headers").getOrDefault("Authorization", "").startsWith(V4)
                || V4.equals(params.get("X-Amz-Algorithm"));
    }

    private static String joined(Map<String, String> params) {
        var text = new StringBuilder();
        params.entrySet().stream()
                .sorted((a, b) ->
                        a.getKey().toLowerCase(Locale.ROOT).compareTo(b.getKey().toLowerCase(Locale.ROOT)))
                .forEach(p -> text.append(p.getKey()).append(p.getValue()));
        return text.toString();
    }

    /// Sorted and encoded, with nothing left plain but the unreserved characters of RFC 3986.
    private static String query(Map<String, String> params) {
        var pairs = new ArrayList<String>();
        new TreeMap<>(params).forEach((name, value) -> pairs.add(encoded(name) + "=" + encoded(value)));
        return String.join("&", pairs);
    }

    private static String encoded(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-_.~".indexOf(c) >= 0;
            if (plain) out.append(c);
            else out.append('%').append("%02X".formatted((int) c));
        }
        return out.toString();
    }

    private String version4(String secret, Map<String, String> params) {
        var headers = map("headers");
        var credential = parameter("Credential", headers, params).split("/", -1);
        if (credential.length != 5) throw refused("a credential scope without its parts");
        var date = Optional.ofNullable(headers.get("X-Amz-Date")).orElse(params.getOrDefault("X-Amz-Date", ""));
        if (!date.startsWith(credential[1])) throw refused("the date is not that of the credential scope");
        var names = parameter("SignedHeaders", headers, params);
        var request = String.join(
                "\n",
                text("verb").toUpperCase(Locale.ROOT),
                text("path"),
                text("verb").equalsIgnoreCase("POST") ? "" : query(params),
                signed(names, headers) + "\n",
                names,
                text("body_hash"));
        var scope = String.join("/", credential[1], credential[2], credential[3], credential[4]);
        var toSign = String.join("\n", V4, date, scope, Hmacs.hexOfDigest(Hmacs.bytes(request)));
        var key = Hmacs.key4(secret, credential[1], credential[2], credential[3]);
        return Hmacs.hex(Hmacs.sha256(key, Hmacs.bytes(toSign)));
    }

    /// From the header `Authorization`, else from the query.
    private static String parameter(String name, Map<String, String> headers, Map<String, String> params) {
        var header = headers.get("Authorization");
        if (header == null) return params.getOrDefault("X-Amz-" + name, "");
        int at = header.indexOf(name + "=");
        if (at < 0) return "";
        var rest = header.substring(at + name.length() + 1);
        int comma = rest.indexOf(',');
        return comma < 0 ? rest : rest.substring(0, comma);
    }

    private static String signed(String names, Map<String, String> headers) {
        var lower = new HashMap<String, String>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT).strip(), value.strip()));
        boolean withoutPort =
                OLD_BOTO.matcher(lower.getOrDefault("user-agent", "")).find();
        var lines = new ArrayList<String>();
        for (var name : names.split(";", -1)) {
            var value = lower.get(name);
            if (value == null) continue;
            lines.add(name + ":" + (name.equals("host") && withoutPort ? value.split(":", -1)[0] : value));
        }
        return String.join("\n", lines);
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }
}
