package cloud.yun.identity.trust;

import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;

/// Forgets trusts that ended long ago.
public final class TrustPurge implements Reconciler {
    private final Trusts trusts;

    public TrustPurge(Trusts trusts) {
        this.trusts = trusts;
    }

    @Override
    public String name() {
        return "identity-trust-purge";
    }

    @Override
    public Duration period() {
        return Duration.ofHours(1);
    }

    @Override
    public void reconcile() {
        trusts.purge();
    }
}
