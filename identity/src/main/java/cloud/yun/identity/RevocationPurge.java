package cloud.yun.identity;

import cloud.yun.identity.token.Tokens;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;

/// Forgets revocations whose tokens have expired.
final class RevocationPurge implements Reconciler {
    private final Tokens tokens;

    RevocationPurge(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public String name() {
        return "identity-revocation-purge";
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(10);
    }

    @Override
    public void reconcile() {
        tokens.purge();
    }
}
