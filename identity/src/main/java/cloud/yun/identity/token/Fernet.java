package cloud.yun.identity.token;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Fernet: AES-128-CBC and HMAC-SHA256 with a time stamp in whole seconds.
///
/// @see <a href="https://github.com/fernet/spec/blob/master/Spec.md">the Fernet specification</a>
public final class Fernet {
    private static final byte VERSION = (byte) 0x80;
    private static final int HEAD = 1 + 8 + 16;
    private static final int MAC = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @param material 16 bytes that sign, then 16 bytes that encrypt
    public record Key(byte[] material) {
        public Key {
            if (material.length != 32) throw new IllegalArgumentException("a Fernet key has 32 bytes");
        }

        /// @param text base64url, as the key files hold it
        public static Key of(String text) {
            return new Key(Base64.getUrlDecoder().decode(text.strip()));
        }

        /// @return the SHA-1 of the key as its file holds it: by this Keystone tells which key encrypted a
        ///     credential
        public String hash() {
            try {
                var text = Base64.getUrlEncoder().encode(material);
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-1").digest(text));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        static String random() {
            var bytes = new byte[32];
            RANDOM.nextBytes(bytes);
            return Base64.getUrlEncoder().encodeToString(bytes);
        }

        @Override
        public String toString() {
            return "Key[secret]";
        }
    }

    /// @param issuedAt whole seconds
    public record Opened(byte[] plain, Instant issuedAt) {}

    private Fernet() {}

    /// @return base64url without padding, as Keystone writes tokens
    public static String seal(Key key, byte[] plain, Instant issuedAt) {
        var iv = new byte[16];
        RANDOM.nextBytes(iv);
        try {
            var cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key.material(), 16, 16, "AES"), new IvParameterSpec(iv));
            var secret = cipher.doFinal(plain);
            var token = ByteBuffer.allocate(HEAD + secret.length + MAC);
            token.put(VERSION).putLong(issuedAt.getEpochSecond()).put(iv).put(secret);
            token.put(mac(key, token.array(), HEAD + secret.length));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param keys tried in order
    /// @return empty when the token was not made with any of the keys, was cut or was changed
    public static Optional<Opened> open(List<Key> keys, String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(stripped(token));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int secret = bytes.length - HEAD - MAC;
        if (secret < 16 || secret % 16 != 0 || bytes[0] != VERSION) return Optional.empty();
        var mac = Arrays.copyOfRange(bytes, bytes.length - MAC, bytes.length);
        for (var key : keys) {
            if (!MessageDigest.isEqual(mac, mac(key, bytes, bytes.length - MAC))) continue;
            return decrypt(key, bytes, secret)
                    .map(p -> new Opened(
                            p,
                            Instant.ofEpochSecond(ByteBuffer.wrap(bytes, 1, 8).getLong())));
        }
        return Optional.empty();
    }

    private static Optional<byte[]> decrypt(Key key, byte[] bytes, int length) {
        try {
            var cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key.material(), 16, 16, "AES"),
                    new IvParameterSpec(bytes, 9, 16));
            return Optional.of(cipher.doFinal(bytes, HEAD, length));
        } catch (GeneralSecurityException e) {
            return Optional.empty(); // signed with our key, yet not a Fernet token: no token of ours
        }
    }

    private static byte[] mac(Key key, byte[] bytes, int length) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.material(), 0, 16, "HmacSHA256"));
            mac.update(bytes, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String stripped(String token) {
        int end = token.length();
        while (end > 0 && token.charAt(end - 1) == '=') end--;
        return token.substring(0, end);
    }
}
