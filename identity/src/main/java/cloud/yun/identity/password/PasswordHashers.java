package cloud.yun.identity.password;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.Forbidden;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// All algorithms: one makes the new hashes, each reads its own. A user keeps an old hash until the password changes.
///
/// @param making the algorithm of new hashes
/// @param bytesMax what is longer is cut, or refused if `strict`
public record PasswordHashers(PasswordHasher making, List<PasswordHasher> all, int bytesMax, boolean strict) {
    /// What `[identity] password_hash_algorithm` can be.
    enum Algorithm {
        BCRYPT,
        BCRYPT_SHA256,
        SCRYPT,
        ARGON2ID,
        PBKDF2_SHA512
    }

    private static final Option<Algorithm> ALGORITHM = new Option<>(
            "identity",
            "password_hash_algorithm",
            "bcrypt",
            "How new passwords are hashed: bcrypt, bcrypt_sha256, scrypt, argon2id or pbkdf2_sha512. All are read.",
            PasswordHashers::algorithm);
    private static final Option<Integer> ROUNDS = Option.integer(
            "identity",
            "password_hash_rounds",
            0,
            "Cost of a new hash; 0 is the algorithm's own: bcrypt 12 and scrypt 16, binary logarithms; argon2id 2;"
                    + " pbkdf2_sha512 60000.");
    private static final Option<Integer> SALT = Option.integer(
            "identity", "salt_bytesize", 16, "Bytes of the salt of scrypt and pbkdf2_sha512, at most 96.");
    private static final Option<Integer> BLOCK =
            Option.integer("identity", "scrypt_block_size", 8, "scrypt's parameter r.");
    private static final Option<Integer> PARALLEL =
            Option.integer("identity", "scrypt_parallelism", 1, "scrypt's parameter p.");
    private static final Option<Integer> LENGTH = Option.integer(
            "identity", "max_password_length", 4_096, "Bytes of a password that count; bcrypt reads 72 of them.");
    private static final Option<Boolean> STRICT = Option.bool(
            "DEFAULT", "strict_password_check", false, "Whether a longer password is refused rather than cut.");

    public static List<Option<?>> options() {
        return List.of(ALGORITHM, ROUNDS, SALT, BLOCK, PARALLEL, LENGTH, STRICT);
    }

    private static Algorithm algorithm(String text) {
        return Arrays.stream(Algorithm.values())
                .filter(a -> a.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is none of bcrypt, bcrypt_sha256, scrypt, argon2id and pbkdf2_sha512"));
    }

    public static PasswordHashers of(Config config) {
        int rounds = config.get(ROUNDS);
        int salt = config.get(SALT);
        var bcrypt = new Bcrypt(rounds == 0 ? 12 : rounds);
        var sha256 = new BcryptSha256(rounds == 0 ? 12 : rounds);
        var scrypt = new Scrypt(rounds == 0 ? 16 : rounds, config.get(BLOCK), config.get(PARALLEL), salt);
        var argon2 = new Argon2id(rounds == 0 ? 2 : rounds);
        var pbkdf2 = new Pbkdf2Sha512(rounds == 0 ? 60_000 : rounds, salt);
        PasswordHasher making = switch (config.get(ALGORITHM)) {
            case BCRYPT -> bcrypt;
            case BCRYPT_SHA256 -> sha256;
            case SCRYPT -> scrypt;
            case ARGON2ID -> argon2;
            case PBKDF2_SHA512 -> pbkdf2;
        };
        int bytesMax = making == bcrypt ? Math.min(72, config.get(LENGTH)) : config.get(LENGTH);
        return new PasswordHashers(
                making, List.of(bcrypt, sha256, scrypt, argon2, pbkdf2), bytesMax, config.get(STRICT));
    }

    /// bcrypt alone, at a cost of one's choice.
    ///
    /// @param rounds binary logarithm of the rounds, 4 to 31
    public static PasswordHashers bcrypt(int rounds) {
        var bcrypt = new Bcrypt(rounds);
        return new PasswordHashers(bcrypt, List.of(bcrypt), 72, false);
    }

    /// @throws Forbidden it is too long, and `strict_password_check` is on
    public String hash(String password) {
        return making.hash(counting(password));
    }

    /// @throws IllegalStateException no algorithm reads the hash
    public boolean verify(String password, String hash) {
        for (var hasher : all) if (hasher.reads(hash)) return hasher.verify(counting(password), hash);
        throw new IllegalStateException("a stored password hash is of no known algorithm");
    }

    /// @return a hash that no password has, as costly to compare with as any new one
    public String nobody() {
        return making.nobody();
    }

    private byte[] counting(String password) {
        var bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= bytesMax) return bytes;
        if (strict)
            throw new Forbidden("The password length must be less than or equal to " + bytesMax
                    + ". The server could not comply with the request because the password is invalid.");
        return Arrays.copyOf(bytes, bytesMax);
    }

    @Override
    public String toString() {
        return "PasswordHashers[" + making.name() + "]";
    }
}
