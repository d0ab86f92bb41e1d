package cloud.yun.identity.auth;

import cloud.yun.identity.password.PasswordHashers;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Hashes and verifies passwords, with a short memory of what was verified.
///
/// A hash is slow on purpose, so it runs on a few threads of its own and does not keep other requests from the
/// processors. A password that was verified is remembered for a few minutes as an HMAC under a key that only this
/// process has; the stored hash is part of it, so any change of the password forgets it.
public final class Passwords {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int REMEMBERED_MAX = 100_000;
    private static final long WAIT_SECONDS_MAX = 60;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private record Verified(byte[] proof, Instant until) {}

    private final PasswordHashers hashers;
    private final Clock clock;
    private final byte[] processKey = new byte[32];
    private final ConcurrentHashMap<String, Verified> verified = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private final String nobody;

    public Passwords(PasswordHashers hashers, Clock clock) {
        this.hashers = hashers;
        this.clock = clock;
        RANDOM.nextBytes(processKey);
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(10_000),
                Thread.ofPlatform().name("password-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        nobody = hashers.nobody();
    }

    /// @return in modular crypt format
    public String hash(String password) {
        return run(() -> hashers.hash(password));
    }

    /// Takes as long when there is no such user or no password as when the password is wrong.
    ///
    /// @param hash the user's stored hash; empty when there is no such user or it has no password
    public boolean verify(String userId, Optional<String> hash, String password) {
        if (hash.isEmpty()) {
            run(() -> hashers.verify(password, nobody));
            return false;
        }
        var proof = proof(hash.get(), password);
        var known = verified.get(userId);
        if (known != null && clock.instant().isBefore(known.until()) && MessageDigest.isEqual(known.proof(), proof))
            return true;
        boolean right = run(() -> hashers.verify(password, hash.get()));
        if (right) remember(userId, proof);
        return right;
    }

    /// @return whether the password is that of the hash; nothing is remembered
    public boolean matches(String hash, String password) {
        return run(() -> hashers.verify(password, hash));
    }

    private void remember(String userId, byte[] proof) {
        if (verified.size() >= REMEMBERED_MAX) verified.clear();
        verified.put(userId, new Verified(proof, clock.instant().plus(REMEMBERED)));
    }

    /// At any change of the user.
    public void forget(String userId) {
        verified.remove(userId);
    }

    private byte[] proof(String hash, String password) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(processKey, "HmacSHA256"));
            mac.update(hash.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T run(Callable<T> work) {
        try {
            return threads.submit(work).get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted while hashing", e);
        } catch (java.util.concurrent.RejectedExecutionException | java.util.concurrent.TimeoutException e) {
            throw new Unavailable("The service is busy.", "too many password checks at once", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CloudException ours) throw ours;
            throw new IllegalStateException("password hash failed", e.getCause());
        }
    }
}
