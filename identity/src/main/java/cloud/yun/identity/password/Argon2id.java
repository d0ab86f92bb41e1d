package cloud.yun.identity.password;

import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// `$argon2id$v=19$m=19456,t=2,p=1$`.
///
/// @param rounds passes over the memory
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9106">RFC 9106</a>
record Argon2id(int rounds) implements PasswordHasher {
    private static final int MEMORY_KIB = 19_456;
    private static final int LENGTH = 32;
    private static final Pattern FORM =
            Pattern.compile("\\$argon2id\\$v=(\\d{1,3})\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,4})\\$([^$]+)\\$([^$]+)");

    @Override
    public String name() {
        return "argon2id";
    }

    @Override
    public boolean reads(String hash) {
        return hash.startsWith("$argon2id$");
    }

    private String form(byte[] salt, byte[] digest) {
        return "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
                .formatted(MEMORY_KIB, rounds, Base64s.encode(salt), Base64s.encode(digest));
    }

    @Override
    public String hash(byte[] password) {
        var salt = Base64s.random(16);
        return form(salt, digest(password, salt, 19, MEMORY_KIB, rounds, 1, LENGTH));
    }

    @Override
    public boolean verify(byte[] password, String hash) {
        var form = FORM.matcher(hash);
        if (!form.matches()) throw new IllegalArgumentException("no argon2id hash");
        var digest = Base64s.decode(form.group(6));
        var made = digest(
                password,
                Base64s.decode(form.group(5)),
                Integer.parseInt(form.group(1)),
                Integer.parseInt(form.group(2)),
                Integer.parseInt(form.group(3)),
                Integer.parseInt(form.group(4)),
                digest.length);
        return MessageDigest.isEqual(digest, made);
    }

    private static byte[] digest(
            byte[] password, byte[] salt, int version, int memoryKib, int passes, int lanes, int length) {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(version)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        var made = new byte[length];
        generator.generateBytes(password, made);
        return made;
    }

    @Override
    public String nobody() {
        return form(Base64s.random(16), Base64s.random(LENGTH));
    }
}
