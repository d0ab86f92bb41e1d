package cloud.yun.identity.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Two directories as Keystone has them: `private.pem` signs, every file of the public one verifies. A new key is
/// rolled out by putting its public half everywhere first. Read again within a second of a change.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/jws-key-rotation.html">rotation of JWS keys</a>
public final class JwsKeys {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String PRIVATE = "private.pem";

    private record Read(PrivateKey signing, List<PublicKey> verifying, List<FileTime> times) {}

    private final Path privateDirectory;
    private final Path publicDirectory;
    private volatile @Nullable Read read;
    private volatile long lookedAt;

    public JwsKeys(Path privateDirectory, Path publicDirectory) {
        this.privateDirectory = privateDirectory;
        this.publicDirectory = publicDirectory;
    }

    PrivateKey signing() {
        return keys().signing();
    }

    List<PublicKey> verifying() {
        return keys().verifying();
    }

    private Read keys() {
        var known = read;
        if (known != null && System.nanoTime() - lookedAt <= LOOK_NANOS) return known;
        return look();
    }

    private synchronized Read look() {
        try {
            var signer = privateDirectory.resolve(PRIVATE);
            if (!Files.exists(signer)) create();
            var times = List.of(Files.getLastModifiedTime(signer), Files.getLastModifiedTime(publicDirectory));
            var known = read;
            if (known == null || !known.times().equals(times)) {
                var verifying = new ArrayList<PublicKey>();
                try (Stream<Path> files = Files.list(publicDirectory)) {
                    for (var file : files.sorted().toList()) verifying.add(publicKey(file));
                }
                known = new Read(
                        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pem(signer))),
                        List.copyOf(verifying),
                        times);
                read = known;
            }
            lookedAt = System.nanoTime();
            return known;
        } catch (IOException e) {
            throw new UncheckedIOException("The JWS keys in " + privateDirectory + " cannot be read.", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A key in " + privateDirectory + " or " + publicDirectory + " is none.", e);
        }
    }

    private static PublicKey publicKey(Path file) throws IOException, GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(pem(file)));
    }

    private static byte[] pem(Path file) throws IOException, GeneralSecurityException {
        try {
            return Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----[A-Z ]+-----", ""));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " is not PEM", e);
        }
    }

    private void create() throws IOException, GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var pair = generator.generateKeyPair();
        var own = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(privateDirectory, own);
        Files.createDirectories(publicDirectory, own);
        write(
                publicDirectory.resolve("public.pem"),
                "PUBLIC KEY",
                pair.getPublic().getEncoded());
        write(
                privateDirectory.resolve(PRIVATE),
                "PRIVATE KEY",
                pair.getPrivate().getEncoded());
    }

    /// Written aside and moved, so that no reader ever sees half a key.
    private static void write(Path to, String kind, byte[] encoded) throws IOException {
        var aside = to.resolveSibling("." + to.getFileName() + ".new");
        Files.deleteIfExists(aside);
        Files.createFile(
                aside,
                PosixFilePermissions.asFileAttribute(
                        Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
        var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        Files.writeString(aside, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
        Files.move(aside, to, StandardCopyOption.ATOMIC_MOVE);
    }
}
