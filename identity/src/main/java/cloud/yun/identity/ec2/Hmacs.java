package cloud.yun.identity.ec2;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What all versions of signatures are made of.
final class Hmacs {
    private Hmacs() {}

    static byte[] sha1(byte[] key, byte[] message) {
        return mac("HmacSHA1", key, message);
    }

    static byte[] sha256(byte[] key, byte[] message) {
        return mac("HmacSHA256", key, message);
    }

    private static byte[] mac(String algorithm, byte[] key, byte[] message) {
        try {
            var mac = Mac.getInstance(algorithm);
            // A key may be empty in Amazon's world, not in Java's; a zero byte is the same key to HMAC.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String hexOfDigest(byte[] message) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// The key of version 4: bound to a day, a region and a service.
    static byte[] key4(String secret, String day, String region, String service) {
        var key = sha256(bytes("AWS4" + secret), bytes(day));
        key = sha256(key, bytes(region));
        key = sha256(key, bytes(service));
        return sha256(key, bytes("aws4_request"));
    }

    static boolean same(String one, String other) {
        return MessageDigest.isEqual(bytes(one), bytes(other));
    }
}
