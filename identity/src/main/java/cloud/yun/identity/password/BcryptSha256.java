package cloud.yun.identity.password;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// `$bcrypt-sha256$v=2,t=2b,r=12$`: bcrypt of an HMAC of the password, so its whole length counts. passlib's first
/// version, `$bcrypt-sha256$2b,12$`, is read too; it has a plain SHA-256 in the HMAC's place.
///
/// @param rounds binary logarithm of the rounds, 4 to 31
/// @see <a href="https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html">the format</a>
record BcryptSha256(int rounds) implements PasswordHasher {
    private static final String PREFIX = "$bcrypt-sha256$";
    private static final Pattern SECOND =
            Pattern.compile("\\$bcrypt-sha256\\$v=2,t=(2[aby]),r=(\\d{1,2})\\$([./A-Za-z0-9]{22})\\$(.{31})");
    private static final Pattern FIRST =
            Pattern.compile("\\$bcrypt-sha256\\$(2[aby]),(\\d{1,2})\\$([./A-Za-z0-9]{22})\\$(.{31})");

    @Override
    public String name() {
        return "bcrypt_sha256";
    }

    @Override
    public boolean reads(String hash) {
        return hash.startsWith(PREFIX);
    }

    @Override
    public String hash(byte[] password) {
        var salt = Base64s.random(16);
        var text = Base64s.bcrypt(salt);
        var whole = OpenBSDBCrypt.generate("2b", keyed(text, password), salt, rounds);
        return PREFIX + "v=2,t=2b,r=" + rounds + "$" + text + "$" + whole.substring(whole.length() - 31);
    }

    @Override
    public boolean verify(byte[] password, String hash) {
        var second = SECOND.matcher(hash);
        var form = second.matches() ? second : FIRST.matcher(hash);
        if (!second.matches() && !form.matches()) throw new IllegalArgumentException("no bcrypt-sha256 hash");
        var salt = form.group(3);
        var digest = second.matches() ? keyed(salt, password) : plain(password);
        var inner = "$%s$%02d$%s%s".formatted(form.group(1), Integer.valueOf(form.group(2)), salt, form.group(4));
        return OpenBSDBCrypt.checkPassword(inner, digest);
    }

    @Override
    public String nobody() {
        return PREFIX + "v=2,t=2b,r=" + rounds + "$" + Base64s.bcrypt(Base64s.random(16)) + "$"
                + Base64s.bcrypt(Base64s.random(23));
    }

    private static byte[] keyed(String salt, byte[] password) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            return Base64.getEncoder().encode(mac.doFinal(password));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] plain(byte[] password) {
        try {
            return Base64.getEncoder()
                    .encode(MessageDigest.getInstance("SHA-256").digest(password));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
