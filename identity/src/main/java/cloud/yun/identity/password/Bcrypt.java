package cloud.yun.identity.password;

import java.util.Arrays;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// `$2b$12$` salt and digest. Reads 72 bytes of a password and no more.
///
/// @param rounds binary logarithm of the rounds, 4 to 31
record Bcrypt(int rounds) implements PasswordHasher {
    private static final int BYTES_MAX = 72;

    @Override
    public String name() {
        return "bcrypt";
    }

    @Override
    public boolean reads(String hash) {
        return hash.startsWith("$2a$") || hash.startsWith("$2b$") || hash.startsWith("$2y$");
    }

    private static byte[] head(byte[] password) {
        return password.length <= BYTES_MAX ? password : Arrays.copyOf(password, BYTES_MAX);
    }

    @Override
    public String hash(byte[] password) {
        return OpenBSDBCrypt.generate("2b", head(password), Base64s.random(16), rounds);
    }

    @Override
    public boolean verify(byte[] password, String hash) {
        return OpenBSDBCrypt.checkPassword(hash, head(password));
    }

    @Override
    public String nobody() {
        return "$2b$%02d$".formatted(rounds) + Base64s.bcrypt(Base64s.random(16)) + Base64s.bcrypt(Base64s.random(23));
    }
}
