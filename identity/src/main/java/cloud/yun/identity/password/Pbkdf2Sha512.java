package cloud.yun.identity.password;

import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/// `$pbkdf2-sha512$60000$`.
///
/// @param saltBytes length of the salt
record Pbkdf2Sha512(int rounds, int saltBytes) implements PasswordHasher {
    private static final int LENGTH = 64;
    private static final Pattern FORM = Pattern.compile("\\$pbkdf2-sha512\\$(\\d{1,9})\\$([^$]*)\\$([^$]+)");

    @Override
    public String name() {
        return "pbkdf2_sha512";
    }

    @Override
    public boolean reads(String hash) {
        return hash.startsWith("$pbkdf2-sha512$");
    }

    private String form(byte[] salt, byte[] digest) {
        return "$pbkdf2-sha512$%d$%s$%s"
                .formatted(rounds, Base64s.encodeWithDots(salt), Base64s.encodeWithDots(digest));
    }

    @Override
    public String hash(byte[] password) {
        var salt = Base64s.random(saltBytes);
        return form(salt, digest(password, salt, rounds, LENGTH));
    }

    @Override
    public boolean verify(byte[] password, String hash) {
        var form = FORM.matcher(hash);
        if (!form.matches()) throw new IllegalArgumentException("no pbkdf2-sha512 hash");
        var digest = Base64s.decode(form.group(3));
        var made = digest(password, Base64s.decode(form.group(2)), Integer.parseInt(form.group(1)), digest.length);
        return MessageDigest.isEqual(digest, made);
    }

    private static byte[] digest(byte[] password, byte[] salt, int rounds, int length) {
        var generator = new PKCS5S2ParametersGenerator(new SHA512Digest());
        generator.init(password, salt, rounds);
        return ((KeyParameter) generator.generateDerivedMacParameters(length * 8)).getKey();
    }

    @Override
    public String nobody() {
        return form(Base64s.random(saltBytes), Base64s.random(LENGTH));
    }
}
