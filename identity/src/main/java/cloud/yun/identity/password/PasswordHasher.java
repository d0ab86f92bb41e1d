package cloud.yun.identity.password;

/// One algorithm. Slow on purpose; comparisons take as long whatever differs.
interface PasswordHasher {
    /// As `[identity] password_hash_algorithm` names it.
    String name();

    /// Whether the hash is one of this algorithm.
    boolean reads(String hash);

    /// @param password UTF-8
    String hash(byte[] password);

    /// @param hash one that this algorithm reads
    /// @throws IllegalArgumentException it begins like one, yet is none
    boolean verify(byte[] password, String hash);

    /// @return a well-formed hash of no password: comparing with it costs as much as with a real one
    String nobody();
}
