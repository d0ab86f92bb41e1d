package cloud.yun.identity.oauth1;

import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;

/// Forgets request tokens that have expired, and which signed requests were seen long ago.
public final class OAuthPurge implements Reconciler {
    private final OAuthTokens tokens;

    public OAuthPurge(OAuthTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public String name() {
        return "identity-oauth-purge";
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
