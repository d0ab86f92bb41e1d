package cloud.yun.identity.password;

import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.SCrypt;

/// `$scrypt$ln=16,r=8,p=1$`. Takes `128 * r * 2^ln` bytes of memory at a time: 64 MiB with these.
///
/// @param rounds binary logarithm of the cost
/// @param blockSize `r`
/// @param parallelism `p`
/// @param saltBytes length of the salt
record Scrypt(int rounds, int blockSize, int parallelism, int saltBytes) implements PasswordHasher {
    private static final int LENGTH = 32;
    private static final Pattern FORM =
            Pattern.compile("\\$scrypt\\$ln=(\\d{1,2}),r=(\\d{1,4}),p=(\\d{1,4})\\$([^$]*)\\$([^$]+)");

    @Override
    public String name() {
        return "scrypt";
    }

    @Override
    public boolean reads(String hash) {
        return hash.startsWith("$scrypt$");
    }

    private String form(byte[] salt, byte[] digest) {
        return "$scrypt$ln=%d,r=%d,p=%d$%s$%s"
                .formatted(rounds, blockSize, parallelism, Base64s.encode(salt), Base64s.encode(digest));
    }

    @Override
    public String hash(byte[] password) {
        var salt = Base64s.random(saltBytes);
        return form(salt, SCrypt.generate(password, salt, 1 << rounds, blockSize, parallelism, LENGTH));
    }

    @Override
    public boolean verify(byte[] password, String hash) {
        var form = FORM.matcher(hash);
        if (!form.matches()) throw new IllegalArgumentException("no scrypt hash");
        var digest = Base64s.decode(form.group(5));
        var made = SCrypt.generate(
                password,
                Base64s.decode(form.group(4)),
                1 << Integer.parseInt(form.group(1)),
                Integer.parseInt(form.group(2)),
                Integer.parseInt(form.group(3)),
                digest.length);
        return MessageDigest.isEqual(digest, made);
    }

    @Override
    public String nobody() {
        return form(Base64s.random(saltBytes), Base64s.random(LENGTH));
    }
}
