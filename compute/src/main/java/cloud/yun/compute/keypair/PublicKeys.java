package cloud.yun.compute.keypair;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/// Reads public keys as users bring them.
///
/// @see <a href="https://datatracker.ietf.org/doc/html/rfc4253#section-6.6">RFC 4253, 6.6</a>
final class PublicKeys {
    private static final Set<String> ALGORITHMS = Set.of(
            "ssh-rsa",
            "ssh-dss",
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    private PublicKeys() {}

    /// @return the fingerprint that Nova shows: MD5 of an SSH key, SHA-1 of a certificate
    /// @throws Invalid it is no public key of that type
    static String fingerprint(String type, String text) {
        try {
            return type.equals("x509") ? certificate(text) : ssh(text);
        } catch (IllegalArgumentException | CertificateException e) {
            throw new Invalid("Keypair data is invalid: failed to generate fingerprint");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ssh(String text) throws GeneralSecurityException {
        var words = text.strip().split("\\s+", 3);
        if (words.length < 2 || !ALGORITHMS.contains(words[0])) throw new IllegalArgumentException("not a key");
        var blob = Base64.getDecoder().decode(words[1]);
        if (!first(blob).equals(words[0])) throw new IllegalArgumentException("another algorithm inside");
        return colons(MessageDigest.getInstance("MD5").digest(blob));
    }

    /// The first of the length-prefixed fields of an SSH key: its algorithm. All fields must end within the key.
    private static String first(byte[] blob) {
        var rest = ByteBuffer.wrap(blob);
        String first = "";
        int fields = 0;
        while (rest.hasRemaining()) {
            if (rest.remaining() < 4) throw new IllegalArgumentException("cut off");
            int length = rest.getInt();
            // A security key's last field may be empty; a key without any further field is none.
            if (length < 0 || length > rest.remaining()) throw new IllegalArgumentException("cut off");
            var field = new byte[length];
            rest.get(field);
            if (fields++ == 0) first = new String(field, StandardCharsets.US_ASCII);
        }
        if (fields < 2) throw new IllegalArgumentException("cut off");
        return first;
    }

    private static String certificate(String pem) throws GeneralSecurityException {
        var found = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.strip().getBytes(StandardCharsets.UTF_8)));
        return colons(MessageDigest.getInstance("SHA-1").digest(found.getEncoded()));
    }

    static String colons(byte[] digest) {
        return HexFormat.ofDelimiter(":").formatHex(digest);
    }
}
