package cloud.yun.identity.ec2;

import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/// The signature of a request to S3, whose string to sign the service sends as it made it.
///
/// @param token the string to sign, base64url
record S3Signature(String token) {
    private static final Set<String> SERVICES = Set.of("s3", "iam", "sts");

    /// @throws Unauthorized the string is none that could be signed
    String of(String secret) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            throw refused("the string to sign is not base64");
        }
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (!text.startsWith("AWS4")) return Hmacs.base64(Hmacs.sha1(Hmacs.bytes(secret), bytes));
        var parts = text.split("\n", -1);
        if (parts.length != 4 || !parts[0].equals("AWS4-HMAC-SHA256")) throw refused("not of version 4");
        var scope = parts[2].split("/", -1);
        if (scope.length != 4 || !scope[3].equals("aws4_request") || !SERVICES.contains(scope[2]))
            throw refused("not a scope of S3");
        return Hmacs.hex(Hmacs.sha256(Hmacs.key4(secret, scope[0], scope[1], scope[2]), bytes));
    }

    private static Unauthorized refused(String detail) {
        return new Unauthorized("The request you have made requires authentication.", detail);
    }
}
