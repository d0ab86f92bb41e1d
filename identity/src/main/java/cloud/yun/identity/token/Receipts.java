package cloud.yun.identity.token;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Receipts say which methods a user has passed so far, where one is not enough. In Keystone's format: Fernet under
/// keys of their own.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/auth-receipts.html">authentication receipts</a>
public final class Receipts {
    private static final int LENGTH_MAX = 2_048;

    private final FernetKeys keys;
    private final TokenFormat format;
    private final Clock clock;
    private final Duration life;

    /// @param methods `[auth] methods`, in its order
    public Receipts(FernetKeys keys, List<String> methods, Clock clock, Duration life) {
        this.keys = keys;
        this.format = new TokenFormat(methods);
        this.clock = clock;
        this.life = life;
    }

    /// @param id the receipt itself: a secret
    public record Receipt(String id, String userId, List<String> methods, Instant issuedAt, Instant expiresAt) {
        @Override
        public String toString() {
            return "Receipt[of " + userId + "]";
        }
    }

    public Receipt issue(String userId, List<String> methods) {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var end = now.plus(life);
        var id = Fernet.seal(keys.primary(), format.packReceipt(userId, methods, end), now);
        return new Receipt(id, userId, methods, now, end);
    }

    /// @throws Invalid none of our keys made it
    /// @throws Unauthorized it has expired
    public Receipt open(String id) {
        var receipt = (id.length() > LENGTH_MAX
                        ? java.util.Optional.<Fernet.Opened>empty()
                        : Fernet.open(keys.all(), id))
                .flatMap(o -> format.unpackReceipt(id, o))
                .orElseThrow(() -> new Invalid("This is not a recognized Fernet receipt " + id));
        if (!clock.instant().isBefore(receipt.expiresAt()))
            throw new Unauthorized("The request you have made requires authentication.", "the receipt has expired");
        return receipt;
    }
}
